/** What s_server prints of a connection, and the page of -www, in OpenSSL 3.0's words and order. */
import { encodePem } from '../../lib/der/index.ts';
import { EXTENSION } from '../../lib/registry/tls-extensions.ts';
import { RENEGOTIATION_SCSV, SUITES, type CipherSuite } from '../../lib/registry/tls-suites.ts';
import { TLS13 } from '../../lib/registry/tls-versions.ts';
import { certificateText } from '../../lib/text/certificate.ts';
import { nameText, type NameOptions } from '../../lib/text/name.ts';
import type { ServerConfig, Session, TlsEngine } from '../../lib/tls/index.ts';
import { parsedCertificate, type CertificateView } from '../../lib/verify/index.ts';
import { sessionPem } from '../tls/session-file.ts';
import {
  clientGroups,
  exportedText,
  isReused,
  peerSignature,
  pointFormats,
  schemesText,
  sessionText,
  signatureAlgorithms,
  signatureHash,
  signatureType,
  suiteText,
  suiteVersion,
  verificationText,
} from '../tls/text.ts';

/** What a report is made of. */
export interface Report {
  readonly engine: TlsEngine;
  readonly config: ServerConfig;
  readonly nameOptions: NameOptions;
  readonly verifyResult: number;
  /** The newest session that was given out, else the connection's. */
  readonly session: Session | undefined;
  /** Numbers of the suites in the ClientHello. */
  readonly offered: readonly number[];
  readonly formats: readonly number[] | undefined;
  readonly exported: { readonly label: string; readonly length: number } | undefined;
}

const leafOf = ({ engine }: Report): CertificateView | undefined => {
  const [der] = engine.info.peerChain;
  try {
    return der && parsedCertificate(der, 'ber');
  } catch {
    return undefined;
  }
};

const pemOf = ({ der }: CertificateView): string => encodePem('CERTIFICATE', der);

/** Suites that both sides have, in the client's order. */
function sharedSuites({ offered, config }: Report): readonly CipherSuite[] {
  const own = new Set(config.suites.map(({ code }) => code));
  return offered.flatMap((code) => {
    const suite = own.has(code) ? SUITES.row(code) : undefined;
    return suite ? [suite] : [];
  });
}

const nameOf = (suite: CipherSuite): string => suite.openssl ?? suite.name;

function renegotiationText({ engine, offered }: Report): string {
  const { info } = engine;
  const named = offered.includes(RENEGOTIATION_SCSV) || info.peerExtensions.includes(EXTENSION.renegotiationInfo);
  const secure = info.version?.code === TLS13 ? named : info.secureRenegotiation;
  return `Secure Renegotiation IS${secure ? '' : ' NOT'} supported\n`;
}

function algorithmsText(report: Report): string {
  const { engine, config } = report;
  const { info } = engine;
  return signatureAlgorithms(info, new Set(config.signSchemes.keys()), '') + peerSignature(info);
}

const groupsText = ({ engine, config }: Report): string => {
  const { info } = engine;
  const version = info.version?.code ?? TLS13;
  return clientGroups(
    info,
    config.groups.filter(({ first, last }) => version >= first && version <= last),
  );
};

/** What is printed when a handshake is done. */
export function connectionText(report: Report): string {
  const { engine, config, nameOptions, session } = report;
  const { info } = engine;
  const leaf = leafOf(report);
  return [
    session ? sessionPem({ session, verifyResult: report.verifyResult }) : '',
    leaf ? `Client certificate\n${pemOf(leaf)}${ownerText(leaf, nameOptions)}` : '',
    `Shared ciphers:${sharedSuites(report).map(nameOf).join(':')}\n`,
    algorithmsText(report),
    pointFormats(report.formats),
    groupsText(report),
    `CIPHER is ${suiteText(info)}\n`,
    isReused(info) ? 'Reused session-id\n' : '',
    renegotiationText(report),
    config.renegotiation === 'never' && engine.info.version?.code !== TLS13 && report.config.legacyRenegotiation
      ? 'Renegotiation is DISABLED\n'
      : '',
    exportText(report),
  ].join('');
}

function ownerText({ certificate }: CertificateView, options: NameOptions): string {
  return `subject=${nameText(certificate.subject, options)}\nissuer=${nameText(certificate.issuer, options)}\n`;
}

function exportText({ engine, exported }: Report): string {
  if (!exported) return '';
  const { label, length } = exported;
  try {
    return exportedText(label, length, engine.exportKeyingMaterial(length, label));
  } catch {
    return exportedText(label, length, undefined);
  }
}

/** The short summary of -brief and -rev. */
export function summaryText(report: Report): string {
  const { engine, nameOptions, verifyResult, offered } = report;
  const { info } = engine;
  const leaf = leafOf(report);
  const { peerScheme } = info;
  const hash = peerScheme && signatureHash(peerScheme);
  const list = offered.map((code) => {
    if (code === RENEGOTIATION_SCSV) return 'TLS_EMPTY_RENEGOTIATION_INFO_SCSV';
    const suite = SUITES.row(code);
    return suite ? nameOf(suite) : `0x${code.toString(16).toUpperCase().padStart(4, '0')}`;
  });
  return [
    `Protocol version: ${info.version?.name ?? 'unknown'}\n`,
    `Client cipher list: ${list.join(':')}\n`,
    `Ciphersuite: ${suiteText(info)}\n`,
    info.peerSchemes.length > 0 ? `Signature Algorithms: ${schemesText(info.peerSchemes)}\n` : '',
    ...(leaf
      ? [
          `Peer certificate: ${nameText(leaf.certificate.subject, nameOptions)}\n`,
          hash ? `Hash used: ${hash}\n` : '',
          peerScheme ? `Signature type: ${signatureType(peerScheme)}\n` : '',
          verificationText(verifyResult, undefined),
        ]
      : ['No peer certificate\n']),
    pointFormats(report.formats),
    clientGroups(info, undefined),
  ].join('');
}

/** Numbers of a server that its status page shows. */
export interface Statistics {
  accepted: number;
  finished: number;
  renegotiated: number;
  resumed: number;
  notResumed: number;
}

function statisticsText(numbers: Statistics): string {
  const rows: [number, string][] = [
    [0, 'items in the session cache'],
    [0, 'client connects (SSL_connect())'],
    [0, 'client renegotiates (SSL_connect())'],
    [0, 'client connects that finished'],
    [numbers.accepted, 'server accepts (SSL_accept())'],
    [numbers.renegotiated, 'server renegotiates (SSL_accept())'],
    [numbers.finished, 'server accepts that finished'],
    [numbers.resumed, 'session cache hits'],
    [numbers.notResumed, 'session cache misses'],
    [0, 'session cache timeouts'],
    [0, 'callback cache hits'],
  ];
  const lines = rows.map(([value, what]) => `${`${value}`.padStart(4)} ${what}\n`);
  return `${lines.join('')}   0 cache full overflows (20480 allowed)\n`;
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function suiteTable(suites: readonly CipherSuite[]): string {
  const cells = suites.map((suite) => `${suiteVersion({ suite }).padEnd(11)}:${nameOf(suite).padEnd(25)} `);
  return cells.map((cell, i) => cell + (i % 2 === 1 && i + 1 < cells.length ? '\n' : '')).join('');
}

function sharedTable(suites: readonly CipherSuite[]): string {
  return suites
    .map(nameOf)
    .map((name, i, all) => (i + 1 === all.length ? name : name.padEnd(26) + ((i + 1) % 3 === 0 ? '\n' : ' ')))
    .join('');
}

/** The page of -www, with its header. */
export function statusPage(report: Report, words: readonly string[], numbers: Statistics): string {
  const { engine, config, session, verifyResult } = report;
  const { info } = engine;
  const leaf = leafOf(report);
  const text = [
    `\n${words.map((word) => `${word} `).join('')}\n`,
    renegotiationText(report),
    `Ciphers supported in s_server binary\n${suiteTable(config.suites)}\n`,
    `---\nCiphers common between both SSL end points:\n${sharedTable(sharedSuites(report))}\n`,
    algorithmsText(report),
    groupsText(report),
    `---\n${isReused(info) ? 'Reused' : 'New'}, ${suiteVersion(info)}, Cipher is ${suiteText(info)}\n`,
    sessionText(session, { verifyResult, version: info.version?.name }),
    `---\n${statisticsText(numbers)}---\n`,
    leaf
      ? `Client certificate\n${certificateText(leaf.certificate)}${pemOf(leaf)}`
      : 'no client certificate available\n',
  ].join('');
  const body = `<HTML><BODY BGCOLOR="#ffffff">\n<pre>\n${escaped(text)}</pre></BODY></HTML>\r\n\r\n`;
  return `HTTP/1.0 200 ok\r\nContent-type: text/html\r\n\r\n${body}`;
}
