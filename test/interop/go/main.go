// A client and a server over Go's crypto/tls, for tests of another TLS implementation.
//
//	peer list                        what there is: a line "suite <hex> <tls versions>" each
//	peer server <json>               one line "port <n>" when it listens; echoes every line
//	peer client                      one JSON object a line on stdin, one JSON object a line on stdout
package main

import (
	"bufio"
	"crypto/tls"
	"crypto/x509"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"sync"
)

type options struct {
	Addr   string   `json:"addr"`
	Cert   string   `json:"cert"`
	Key    string   `json:"key"`
	CA     string   `json:"ca"`
	Min    uint16   `json:"min"`
	Max    uint16   `json:"max"`
	Suites []uint16 `json:"suites"`
	Curves []uint16 `json:"curves"`
	ALPN   []string `json:"alpn"`
	Auth   bool     `json:"auth"`
	Cache  string   `json:"cache"`
	// Go exports no keying material where it would renegotiate
	Renegotiate bool `json:"renegotiate"`
}

type result struct {
	Error        string `json:"error,omitempty"`
	Version      uint16 `json:"version"`
	Suite        uint16 `json:"suite"`
	Resumed      bool   `json:"resumed"`
	ALPN         string `json:"alpn"`
	Certificates int    `json:"certificates"`
	Answer       string `json:"answer"`
	Exported     string `json:"exported"`
}

func (o options) config() (*tls.Config, error) {
	config := &tls.Config{
		MinVersion:   o.Min,
		MaxVersion:   o.Max,
		CipherSuites: o.Suites,
		NextProtos:   o.ALPN,
		ServerName:   "localhost",
	}
	for _, curve := range o.Curves {
		config.CurvePreferences = append(config.CurvePreferences, tls.CurveID(curve))
	}
	if o.Cert != "" {
		pair, err := tls.LoadX509KeyPair(o.Cert, o.Key)
		if err != nil {
			return nil, err
		}
		config.Certificates = []tls.Certificate{pair}
	}
	if o.CA != "" {
		pem, err := os.ReadFile(o.CA)
		if err != nil {
			return nil, err
		}
		pool := x509.NewCertPool()
		pool.AppendCertsFromPEM(pem)
		config.RootCAs, config.ClientCAs = pool, pool
	}
	if o.Auth {
		config.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return config, nil
}

func describe(state tls.ConnectionState) result {
	r := result{
		Version:      state.Version,
		Suite:        state.CipherSuite,
		Resumed:      state.DidResume,
		ALPN:         state.NegotiatedProtocol,
		Certificates: len(state.PeerCertificates),
	}
	if bytes, err := state.ExportKeyingMaterial("EXPORTER-tlskit", []byte("context"), 32); err == nil {
		r.Exported = hex.EncodeToString(bytes)
	}
	return r
}

var caches = map[string]tls.ClientSessionCache{}

// A connection: a line there and back, then what the server sends until it closes.
func dial(o options) (r result) {
	config, err := o.config()
	if err != nil {
		return result{Error: err.Error()}
	}
	if o.Renegotiate {
		config.Renegotiation = tls.RenegotiateFreelyAsClient
	}
	if o.Cache != "" {
		if caches[o.Cache] == nil {
			caches[o.Cache] = tls.NewLRUClientSessionCache(8)
		}
		config.ClientSessionCache = caches[o.Cache]
	}
	connection, err := tls.Dial("tcp", o.Addr, config)
	if err != nil {
		return result{Error: err.Error()}
	}
	defer connection.Close()
	r = describe(connection.ConnectionState())
	if _, err = fmt.Fprintln(connection, "drawer"); err != nil {
		r.Error = err.Error()
		return
	}
	r.Answer, err = bufio.NewReader(connection).ReadString('\n')
	if err != nil {
		r.Error = err.Error()
	}
	return
}

func serve(o options) error {
	config, err := o.config()
	if err != nil {
		return err
	}
	listener, err := tls.Listen("tcp", "127.0.0.1:0", config)
	if err != nil {
		return err
	}
	fmt.Printf("port %d\n", listener.Addr().(*net.TCPAddr).Port)
	var printing sync.Mutex
	for {
		accepted, err := listener.Accept()
		if err != nil {
			return err
		}
		go func() {
			defer accepted.Close()
			connection := accepted.(*tls.Conn)
			r := result{}
			if err := connection.Handshake(); err != nil {
				r.Error = err.Error()
			} else {
				r = describe(connection.ConnectionState())
			}
			line, _ := json.Marshal(r)
			printing.Lock()
			fmt.Println(string(line))
			printing.Unlock()
			reader := bufio.NewReader(connection)
			for r.Error == "" {
				text, err := reader.ReadString('\n')
				if err != nil {
					return
				}
				fmt.Fprint(connection, text)
			}
		}()
	}
}

func list() {
	for _, suites := range [][]*tls.CipherSuite{tls.CipherSuites(), tls.InsecureCipherSuites()} {
		for _, suite := range suites {
			fmt.Printf("suite %04x", suite.ID)
			for _, version := range suite.SupportedVersions {
				fmt.Printf(" %04x", version)
			}
			fmt.Println()
		}
	}
}

func main() {
	var err error
	switch os.Args[1] {
	case "list":
		list()
	case "server":
		var o options
		if err = json.Unmarshal([]byte(os.Args[2]), &o); err == nil {
			err = serve(o)
		}
	case "client":
		lines := bufio.NewScanner(os.Stdin)
		for lines.Scan() {
			var o options
			if err = json.Unmarshal(lines.Bytes(), &o); err != nil {
				break
			}
			line, _ := json.Marshal(dial(o))
			fmt.Println(string(line))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
