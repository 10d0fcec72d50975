module tlskit.test/peer

go 1.19
