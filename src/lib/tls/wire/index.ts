/** The wire format of TLS: schemas of records, messages and extensions. */
export * from './certificate.ts';
export * from './client-hello.ts';
export * from './extension-bodies.ts';
export * from './extensions.ts';
export * from './key-exchange.ts';
export * from './messages.ts';
export * from './record.ts';
export { allSchemas } from './schemas.ts';
export * from './server-hello.ts';
