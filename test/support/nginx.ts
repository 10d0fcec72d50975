/** nginx with HTTP/1.1 and HTTP/2 over TLS, which gives files of a workshop's folder and says what it sees. */
import { freePort, type Workshop } from './processes.ts';
import { testIdentity } from './tls-certificates.ts';

/** Starts it. Returns its URL. `/say…` answers with the protocols of HTTP and TLS and the path. */
export async function startNginx(workshop: Workshop): Promise<string> {
  const { cert, key } = workshop.identity('nginx', await testIdentity());
  const port = await freePort();
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const config = `
    daemon off; master_process off; pid ${workshop.path('pid')}; error_log stderr;
    events { worker_connections 64; }
    http {
      access_log off;
      ${temporary.map((one) => `${one}_temp_path ${workshop.path(one)};`).join('\n')}
      server {
        listen 127.0.0.1:${port} ssl http2; ssl_protocols TLSv1.2 TLSv1.3;
        ssl_certificate ${cert}; ssl_certificate_key ${key};
        ssl_session_cache shared:one:1m;
        root ${workshop.folder};
        location /say { return 200 "$server_protocol $ssl_protocol $ssl_session_reused $request_uri"; }
      }
    }`;
  const file = workshop.file('nginx.conf', config);
  const nginx = workshop.start('nginx', ['-e', 'stderr', '-p', workshop.folder, '-c', file]);
  await nginx.listensOn(port);
  return `https://localhost:${port}`;
}
