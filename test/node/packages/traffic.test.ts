/** Packages of the web and of mail on our sockets. One file for several: loading the library anew for each takes longer than what they test. */
import './mail.ts';
import './undici.ts';
import './ws.ts';
