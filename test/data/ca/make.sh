#!/bin/sh
# Makes these files anew, with OpenSSL 3.0; then record the golden files again (UPDATE_GOLDEN=1 npx vitest run test/cli/ca).
set -e
cd "$(dirname "$0")"
export OPENSSL_CONF=/dev/null
cat > req.tmp <<'END'
[req]
distinguished_name = dn
string_mask = utf8only
[dn]
[old]
distinguished_name = dn
string_mask = nombstr
[wide]
distinguished_name = dn
string_mask = MASK:0x800
[ext]
basicConstraints = CA:TRUE
subjectAltName = DNS:leaf.example.org,email:copy
keyUsage = digitalSignature
nsComment = "asked for"
[root]
basicConstraints = critical,CA:TRUE
subjectKeyIdentifier = hash
END
for name in root leaf; do openssl genrsa -traditional -out $name.key 1024; done
openssl genpkey -algorithm ed25519 -out ed.key
openssl pkey -in root.key -aes128 -passout pass:secret -out locked.key
req() { openssl req -config req.tmp -utf8 "$@"; }
ca() { name=$1; shift; req -new -key $name.key -out root.tmp -subj "/C=DE/O=Test/CN=Root of $name"; openssl x509 -req -in root.tmp -signkey $name.key -set_serial 1000 -days 7300 -extfile req.tmp -extensions root -out $name.crt; }
ca root
ca ed
new() { name=$1; shift; req -new -key leaf.key -out $name.csr "$@"; }
new leaf -subj '/C=DE/O=Test/CN=leaf/emailAddress=leaf@example.org' -reqexts ext
new plain -subj '/CN=plain/OU=b/OU=a/O=Test/C=DE'
new fr -subj '/C=FR/O=Test/CN=fr'
new bare -subj '/CN=bare'
new empty -subj /
new umlaut -subj '/C=DE/O=Test/CN=ä and a tab	and ~'
new multi -subj '/C=DE/O=Test/OU=x+OU=y/CN=multi+emailAddress=m@example.org'
new slash -subj '/C=DE/O=Test/CN=a\/b\+c,d'
new bmp -section wide -subj '/C=DE/O=Test/CN=Ł'
new t61 -section old -subj '/C=DE/O=Test/CN=ä'
new person -subj '/C=DE/O=Test/GN=Ann/SN=Other/title=Dr/dnQualifier=q/1.2.3.4.5=new/CN=person'
req -new -key root.key -subj '/C=DE/O=Test/CN=Root of root' -out self.csr
openssl req -in leaf.csr -outform DER -out leaf.der
openssl ecparam -genkey -name prime256v1 -noout -out ec.tmp
req -new -key ec.tmp -subj '/C=DE/O=Test/CN=ec' -out ec.csr
# a signature that does not fit, a PrintableString with a character that it cannot hold, an emailAddress as UTF8String
openssl req -in plain.csr -outform DER | perl -0pe 's/plain/plaim/' | openssl req -inform DER -out badsig.csr
resign() { # a request whose DER was changed, signed again
  openssl asn1parse -inform DER -in changed.tmp -strparse 4 -noout -out tbs.tmp
  openssl dgst -sha256 -sign leaf.key -out sig.tmp tbs.tmp
  perl -e 'local $/; open F, "tbs.tmp"; $t = <F>; open G, "sig.tmp"; $s = <G>; sub len { my $l = shift; $l < 128 ? chr $l : $l < 256 ? "\x81" . chr $l : "\x82" . pack "n", $l }
    $b = "$t\x30\x0d\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x01\x0b\x05\x00\x03" . len(1 + length $s) . "\0$s"; print "\x30" . len(length $b) . $b' | openssl req -inform DER -out "$1"
}
openssl req -in fr.csr -outform DER | perl -0pe 's/\x13\x02FR/\x13\x02F@/' > changed.tmp; resign wrongchar.csr
openssl req -in leaf.csr -outform DER | perl -0pe 's/\x16\x10leaf\@/\x0c\x10leaf\@/' > changed.tmp; resign wrongmail.csr
openssl req -new -x509 -key leaf.key -config req.tmp -subj '/C=DE/O=Test/CN=self' -days 7300 -set_serial 77 -out self.crt
openssl x509 -req -in leaf.csr -CA root.crt -CAkey root.key -set_serial 0x0A -days 7300 -out issued.crt
openssl x509 -req -in plain.csr -CA root.crt -CAkey root.key -set_serial 0x0B -days 7300 -out other.crt
openssl x509 -req -in empty.csr -CA root.crt -CAkey root.key -set_serial 0x0C -days 7300 -out nameless.crt
openssl spkac -key leaf.key -challenge hello -out spkac.tmp
(cat spkac.tmp; printf 'C = DE\nO = Test\n0.OU = a\n1.OU = b\nCN = spkac\nemailAddress = s@example.org\nnothing = x\n') > spkac.txt
perl -MMIME::Base64 -pe 's/^SPKAC=(.*)/my $d = decode_base64($1); $d =~ s{hello}{hallo}; "SPKAC=" . encode_base64($d, "")/e' spkac.txt > spkac-broken.txt
sed '/SPKAC/d' spkac.txt > spkac-none.txt
rm *.tmp
