import { bool, defineCommand, int, list, text, type CommandSpec } from '../cli/spec.ts';
import { withLiveLine } from '../cli/progress.ts';
import { fail } from '../lib/errors.ts';
import { verdictJson, verdictJunit, verdictTable } from '../cli/test-client/report.ts';
import { testClient, type TestClientResult } from '../cli/test-client/run.ts';

/** Seconds that a client has for a case. */
const PATIENCE = 10;
const MOST_JOBS = 64;

const names = (given: readonly string[]): string[] => given.flatMap((one) => one.split(',').map((name) => name.trim()));

const command: CommandSpec = defineCommand({
  summary: 'Send a TLS client to good and bad servers, and say what it accepts wrongly',
  description:
    'Starts a server for every case on a free loopback port, each under a name of its own (expired.localhost, tls10-only.localhost, …), and runs the command ' +
    "once for each, in the system's shell, without input. Exit code 0 counts as acceptance. {url}, {host}, {port}, {address} (127.0.0.1), {ca} (a PEM file with the trust anchor), {name} (of the case) " +
    "and {resolve} (curl's host:port:address) are replaced; the environment has them as TLSKIT_URL and so on. A client that does not connect to the server of its case " +
    'gets no verdict. Exit code 1 when a verdict is wrong. Without -fixtures the servers are all that tlskit knows.',
  examples: [
    { say: 'curl', line: "test-client --cmd 'curl -sS --cacert {ca} {url}'" },
    {
      say: 'A client whose resolver does not know *.localhost',
      line: "test-client --cmd 'openssl s_client -connect {address}:{port} -servername {host} -verify_hostname {host} -CAfile {ca} -verify_return_error'",
    },
    {
      say: 'In CI, without what the client is known to accept',
      line: "test-client --cmd './my-client {url}' -skip serial-0,serial-negative --junit verdicts.xml",
    },
  ],
  flags: {
    cmd: text('command', "The client's command line"),
    fixtures: text('file', 'The fixture file whose entries are served (default: every case)'),
    fixtures_domain: text('domain', 'What the names of the servers end in (default localhost)'),
    only: list('names', 'Only these cases'),
    skip: list('names', 'Not these cases'),
    timeout: int('seconds', `How long the client may take for a case (default ${PATIENCE})`),
    jobs: int('n', 'How many clients run at once (default: twice the cores, at most 8)'),
    junit: text('file', 'Also write the verdicts as JUnit XML'),
    wrong: bool('Only list wrong verdicts'),
  },
  async run(context) {
    const { cmd, fixtures, fixtures_domain: domain, only, skip, timeout = PATIENCE, jobs, junit } = context.flags;
    if (cmd === undefined || cmd.trim() === '')
      return fail('ERR_USAGE', "name the client by --cmd 'curl --cacert {ca} {url}'");
    if (timeout <= 0 || timeout > 3600) fail('ERR_USAGE', `option -timeout takes 1 to 3600 seconds, not ${timeout}`);
    if (jobs !== undefined && (jobs < 1 || jobs > MOST_JOBS))
      fail('ERR_USAGE', `option -jobs takes 1 to ${MOST_JOBS}, not ${jobs}`);
    const stop = new AbortController();
    const onSignal = (): void => stop.abort();
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, onSignal);
    const work = (progress: (done: number, all: number) => void): Promise<TestClientResult> =>
      testClient({
        command: cmd,
        fixtures,
        domain,
        only: names(only),
        skip: names(skip),
        timeout: timeout * 1000,
        jobs,
        progress,
        signal: stop.signal,
      });
    const { verdicts, left } = process.stderr.isTTY
      ? await withLiveLine('Starting servers', (line) =>
          work((done, all) => line.show(() => `Clients: ${done} of ${all}`)),
        )
      : await work(() => undefined);
    if (stop.signal.aborted) return 130;
    for (const { name, reason } of left) context.note(`not served: ${name}: ${reason}\n`);
    if (junit !== undefined) context.write(junit, verdictJunit(cmd, verdicts));
    const shown = context.flags.wrong ? verdicts.filter(({ right }) => !right) : verdicts;
    if (context.json) context.printJson(verdictJson(cmd, verdicts));
    else if (junit !== '-') context.print(verdictTable(shown, verdicts));
    return verdicts.every(({ right }) => right) ? 0 : 1;
  },
});
export default command;
