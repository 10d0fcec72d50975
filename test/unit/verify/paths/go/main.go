// Verifies chains with Go's crypto/x509. Reads a JSON array of cases, writes one of verdicts: "ok" or the error.
package main

import (
	"crypto/x509"
	"encoding/json"
	"net"
	"os"
	"time"
)

type pathCase struct {
	Leaf      []byte
	Trusted   [][]byte
	Untrusted [][]byte
	Time      int64
	Purpose   string
	Hosts     []string
	Ip        string
}

var uses = map[string]x509.ExtKeyUsage{
	"sslserver":     x509.ExtKeyUsageServerAuth,
	"sslclient":     x509.ExtKeyUsageClientAuth,
	"smimesign":     x509.ExtKeyUsageEmailProtection,
	"smimeencrypt":  x509.ExtKeyUsageEmailProtection,
	"timestampsign": x509.ExtKeyUsageTimeStamping,
}

func verdict(c pathCase) string {
	leaf, err := x509.ParseCertificate(c.Leaf)
	if err != nil {
		return err.Error()
	}
	options := x509.VerifyOptions{Roots: x509.NewCertPool(), Intermediates: x509.NewCertPool(), CurrentTime: time.UnixMilli(c.Time)}
	add := func(pool *x509.CertPool, all [][]byte) {
		for _, der := range all {
			if certificate, err := x509.ParseCertificate(der); err == nil {
				pool.AddCert(certificate)
			}
		}
	}
	add(options.Roots, c.Trusted)
	add(options.Intermediates, c.Untrusted)
	use, known := uses[c.Purpose]
	if !known {
		use = x509.ExtKeyUsageAny
	}
	options.KeyUsages = []x509.ExtKeyUsage{use}
	if _, err = leaf.Verify(options); err != nil {
		return err.Error()
	}
	hosts := c.Hosts
	if ip := net.ParseIP(c.Ip); ip != nil {
		hosts = append(hosts, "["+c.Ip+"]")
	}
	for _, host := range hosts {
		if err = leaf.VerifyHostname(host); err == nil {
			return "ok"
		}
	}
	if len(hosts) > 0 {
		return err.Error()
	}
	return "ok"
}

func main() {
	var cases []pathCase
	if err := json.NewDecoder(os.Stdin).Decode(&cases); err != nil {
		panic(err)
	}
	verdicts := []string{}
	for _, c := range cases {
		verdicts = append(verdicts, verdict(c))
	}
	json.NewEncoder(os.Stdout).Encode(verdicts)
}
