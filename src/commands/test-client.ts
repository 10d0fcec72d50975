import { constants } from 'node:os';
import { bool, defineCommand, int, list, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { openFixtures } from '../cli/fixtures/servers/load.ts';
import { verdictJson, verdictJunit, verdictTable } from '../cli/test-client/report.ts';
import { testClientUnderWay } from '../cli/test-client/under-way.ts';

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
    'gets no verdict. Where no standard says MUST to a client, either is right; -refuse and -accept say what yours must do. Exit code 1 when a verdict is wrong. ' +
    'Without -fixtures the servers are all that tlskit knows.',
  examples: [
    { say: 'curl', line: "test-client --cmd 'curl -sS --cacert {ca} {url}'" },
    {
      say: 'A client whose resolver does not know *.localhost',
      line: "test-client --cmd 'openssl s_client -connect {address}:{port} -servername {host} -verify_hostname {host} -CAfile {ca} -verify_return_error'",
    },
    {
      say: 'In CI: what it is known to accept, and what it must refuse besides',
      line: "test-client --cmd './my-client {url}' -accept no-san,v1 -refuse rsa1024,revoked --junit verdicts.xml",
    },
  ],
  flags: {
    cmd: text('command', "The client's command line"),
    fixtures: text('file', 'The fixture file whose entries are served (default: every case)'),
    fixtures_domain: text('domain', 'What the names of the servers end in (default localhost)'),
    only: list('names', 'Only these cases'),
    skip: list('names', 'Not these cases'),
    refuse: list('names', 'Cases that this client must refuse, though either is right by the standards'),
    accept: list('names', 'Cases that this client must accept, whatever the standards say'),
    timeout: int('seconds', `How long the client may take for a case (default ${PATIENCE})`),
    jobs: int('n', 'How many clients run at once (default: twice the cores, at most 8)'),
    junit: text('file', 'Also write the verdicts as JUnit XML'),
    wrong: bool('Only list wrong verdicts'),
  },
  async run(context) {
    const { cmd, fixtures, fixtures_domain: domain, only, skip, refuse, accept } = context.flags;
    const { timeout = PATIENCE, jobs, junit } = context.flags;
    if (cmd === undefined || cmd.trim() === '')
      return fail('ERR_USAGE', "name the client by --cmd 'curl --cacert {ca} {url}'");
    if (timeout <= 0 || timeout > 3600) fail('ERR_USAGE', `option -timeout takes 1 to 3600 seconds, not ${timeout}`);
    if (jobs !== undefined && (jobs < 1 || jobs > MOST_JOBS))
      fail('ERR_USAGE', `option -jobs takes 1 to ${MOST_JOBS}, not ${jobs}`);
    if (junit === '-' && context.json) fail('ERR_USAGE', '-junit - and -json both want stdout: give -junit a file');
    if (junit !== undefined && junit !== '-') context.sink.check(junit);
    const result = await testClientUnderWay({
      command: cmd,
      fixtures: await openFixtures(fixtures),
      domain,
      only: names(only),
      skip: names(skip),
      refuse: names(refuse),
      accept: names(accept),
      timeout: timeout * 1000,
      jobs,
    });
    // as a shell says it
    if (typeof result === 'string') return 128 + constants.signals[result];
    const { verdicts, left } = result;
    for (const { name, reason } of left) context.note(`not served: ${name}: ${reason}\n`);
    if (junit !== undefined) context.write(junit, verdictJunit(cmd, verdicts));
    const shown = context.flags.wrong ? verdicts.filter(({ right }) => right === false) : verdicts;
    if (context.json) context.printJson(verdictJson(cmd, verdicts));
    else if (junit !== '-') context.print(verdictTable(shown, verdicts));
    return verdicts.some(({ right }) => right === false) ? 1 : 0;
  },
});
export default command;
