import { asn1Json } from '../cli/asn1parse/json.ts';
import { asn1Form, dig, generated, readAsn1 } from '../cli/asn1parse/input.ts';
import { itemListing } from '../cli/asn1parse/items.ts';
import { withOidFile } from '../cli/req/oid-file.ts';
import { bool, defineCommand, int, list, text, type CommandSpec } from '../cli/spec.ts';
import { fail } from '../lib/errors.ts';
import { findObject } from '../lib/registry/find.ts';
import { parseText } from '../lib/text/asn1.ts';
import { fromOctetText } from '../lib/text/octets.ts';

const command: CommandSpec = defineCommand({
  summary: 'Show the ASN.1 elements of a file, or make some from text',
  description:
    'Lists every element with its offset, depth, lengths, type and value. -strparse looks inside an OCTET STRING or BIT STRING, -genstr and ' +
    '-genconf make a value of a text or a configuration file (the language of ASN1_generate_nconf(3)), -out writes the octets.',
  examples: [
    { say: 'What is in this file', line: 'asn1parse -in cert.pem -i' },
    { say: 'What is in its element at offset 250', line: 'asn1parse -in cert.pem -strparse 4' },
    { say: 'A DER file made of text', line: 'asn1parse -genstr UTF8:hello -noout -out hello.der' },
  ],
  flags: {
    in: text('file', 'Read this file (default: standard input)'),
    inform: text('PEM|DER|B64', 'Form of the input (default: PEM, DER where there is none)'),
    out: text('file', 'Write the octets that are listed to this file, in DER'),
    noout: bool('List nothing'),
    offset: int('number', 'Begin at this octet'),
    length: int('number', 'List this many octets'),
    strparse: list('offset', 'Look inside the element at this offset; each one more digs deeper'),
    genstr: text('text', 'Make a value of this text, e.g. UTF8:hello'),
    genconf: text('file', 'Make a value of the line "asn1 = …" and the sections of this configuration file'),
    strictpem: bool('The same as -inform PEM'),
    i: bool('Indent by depth'),
    dump: bool('Dump values that have no text'),
    dlimit: int('number', 'Dump no more than this many octets of each'),
    oid: text('file', 'Names of object identifiers, a line each: 1.2.3 shortName long name'),
    item: text('name', 'Show a structure field by field: X509, X509_CRL, PKCS7, CMS_ContentInfo, …'),
  },
  run(context) {
    const { flags } = context;
    const form = flags.strictpem ? 'pem' : asn1Form(flags.inform);
    const objects =
      flags.oid === undefined ? findObject : withOidFile(findObject, context.read(flags.oid).toString('utf8'));
    const made = flags.genstr !== undefined || flags.genconf !== undefined;
    const whole = made ? generated(context, flags, objects) : readAsn1(context, flags.in, form);
    const dug = dig(context, whole, flags.strparse);
    const { offset = 0, length = 0 } = flags;
    const source = made ? 'the value made' : context.inputName(flags.in);
    if (offset < 0 || offset >= dug.length)
      fail('ERR_USAGE', `${source}: offset ${offset} is out of range, there are ${dug.length} octets`);
    if (length < 0) fail('ERR_USAGE', `option -length takes a positive number, not ${length}`);
    const bytes = dug.subarray(offset, length === 0 ? undefined : offset + length);
    if (flags.out !== undefined) context.write(flags.out, bytes);
    if (flags.noout) return 0;
    if (flags.item !== undefined) {
      context.print(itemListing(flags.item, bytes, source));
      return 0;
    }
    if (context.json) {
      context.printJson(asn1Json(bytes));
      return 0;
    }
    const lastDump = context.order.findLast((name) => name === 'dump' || name === 'dlimit');
    const listing = parseText(bytes, {
      indent: flags.i,
      dump: lastDump === 'dump' ? Infinity : (flags.dlimit ?? 0),
      objectName: (oid) => objects(oid)?.ln ?? oid,
    });
    context.print(fromOctetText(listing.text));
    if (!listing.complete) context.note(`${source}: not well-formed ASN.1; the list ends at the fault\n`);
    return listing.complete ? 0 : 1;
  },
});

export default command;
