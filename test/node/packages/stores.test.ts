/** Packages of databases and brokers on our sockets. */
import './mqtt.ts';
import './pg.ts';
import './redis.ts';
