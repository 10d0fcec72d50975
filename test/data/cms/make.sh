#!/bin/sh
# Makes the files of this folder with openssl 3.0. Keys are for these tests only. Run it in the folder; then record the golden files anew.
set -e
o() { openssl "$@"; }
printf 'Content-Type: text/plain\r\n\r\nHello, CMS.\r\nSecond line: \303\244.\r\n' > message.txt
printf 'Hello, CMS.\nSecond line.\n' > plain.txt
o req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -subj '/O=tlskit tests/CN=CMS root' -days 36500 -addext keyUsage=keyCertSign,cRLSign 2>/dev/null
cert() { # name, key options, subject
  name=$1; shift
  o req -new -nodes -keyout "$name.key" -out "$name.csr" -subj "/C=DE/O=tlskit tests/CN=$name/emailAddress=$name@example.org" "$@" 2>/dev/null
  printf 'keyUsage=digitalSignature,keyEncipherment,keyAgreement\nextendedKeyUsage=emailProtection\nsubjectKeyIdentifier=hash\nauthorityKeyIdentifier=keyid\n' > ext
  o x509 -req -in "$name.csr" -CA ca.pem -CAkey ca.key -set_serial "0x$(printf '%s' "$name" | od -An -tx1 | tr -d ' \n')" -days 36500 -extfile ext -out "$name.pem" 2>/dev/null
  rm "$name.csr" ext
}
cert rsa -newkey rsa:2048
cert ec -newkey ec -pkeyopt ec_paramgen_curve:P-256
cert p384 -newkey ec -pkeyopt ec_paramgen_curve:P-384
touch index.txt
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ndefault_md=sha256\ndefault_crl_days=36500\n' > ca.cnf
o ca -config ca.cnf -keyfile ca.key -cert ca.pem -revoke p384.pem 2>/dev/null
o ca -config ca.cnf -gencrl -keyfile ca.key -cert ca.pem -out ca.crl 2>/dev/null
rm -f index.txt* ca.cnf
s() { o cms -sign -in message.txt "$@"; }
s -signer rsa.pem -inkey rsa.key -outform DER -nodetach -out signed-rsa.der
s -signer rsa.pem -inkey rsa.key -outform DER -out signed-detached.der
s -signer rsa.pem -inkey rsa.key -outform DER -nodetach -stream -indef -out signed-stream.der
s -signer rsa.pem -inkey rsa.key -outform PEM -nodetach -noattr -certfile ca.pem -out signed-noattr.pem
s -signer ec.pem -inkey ec.key -outform PEM -nodetach -keyid -md sha384 -out signed-ec-keyid.pem
s -signer rsa.pem -inkey rsa.key -keyopt rsa_padding_mode:pss -outform DER -nodetach -out signed-pss.der
s -signer rsa.pem -inkey rsa.key -signer ec.pem -inkey ec.key -outform DER -nodetach -out signed-two.der
s -signer p384.pem -inkey p384.key -outform DER -nodetach -nocerts -binary -out signed-nocerts.der
s -signer rsa.pem -inkey rsa.key -outform DER -nodetach -econtent_type 1.2.3.4 -receipt_request_to a@example.org -receipt_request_all -out signed-receipt.der
s -signer rsa.pem -inkey rsa.key -outform SMIME -subject 'a signed mail' -from a@example.org -to b@example.org -out signed.eml
s -signer rsa.pem -inkey rsa.key -outform SMIME -nodetach -out signed-opaque.eml
o cms -sign -in plain.txt -text -signer ec.pem -inkey ec.key -outform SMIME -out signed-text.eml
e() { o cms -encrypt -in plain.txt "$@"; }
e -outform DER -aes256 -out enveloped-rsa.der rsa.pem
e -outform DER -aes128 -recip rsa.pem -keyopt rsa_padding_mode:oaep -keyopt rsa_oaep_md:sha256 -out enveloped-oaep.der
e -outform DER -aes-256-gcm -out auth-enveloped.der rsa.pem
e -outform DER -aes256 -out enveloped-ec.der ec.pem
e -outform DER -aes-128-gcm -recip p384.pem -keyopt ecdh_kdf_md:sha384 -out auth-enveloped-ec.der
e -outform DER -des3 -keyid -recip rsa.pem -recip ec.pem -out enveloped-two.der
e -outform DER -aes192 -secretkey 000102030405060708090a0b0c0d0e0f -secretkeyid c0ffee -out enveloped-kek.der
e -outform DER -aes256 -pwri_password secret -out enveloped-password.der
e -outform PEM -aes256 -stream -out enveloped-stream.pem rsa.pem
e -outform SMIME -aes256 -out enveloped.eml rsa.pem
o cms -EncryptedData_encrypt -in plain.txt -aes128 -secretkey 000102030405060708090a0b0c0d0e0f -outform DER -out encrypted.der
o cms -digest_create -in plain.txt -md sha256 -outform DER -out digested.der
o cms -data_create -in plain.txt -outform DER -out data.der
o smime -sign -in message.txt -signer rsa.pem -inkey rsa.key -outform DER -nodetach -out pkcs7-signed.der
o smime -encrypt -in plain.txt -aes128 -outform DER -out pkcs7-enveloped.der rsa.pem
o crl2pkcs7 -in ca.crl -certfile ca.pem -certfile rsa.pem -out chain.p7b
o crl2pkcs7 -nocrl -certfile ca.pem -certfile rsa.pem -outform DER -out chain.p7c
