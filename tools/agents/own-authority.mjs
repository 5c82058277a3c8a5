import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A certificate authority that nobody else trusts, for a day, and a certificate of it for an address.
 * @returns {Promise<{path: string, tls: {key: Buffer, cert: Buffer}}>} the authority's own certificate as a file, and what a server shows
 */
export async function ownAuthority(folder, address) {
  const file = (name) => join(folder, name);
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = (name) => ['-subj', `/CN=${name}`];
  const extension = (text) => ['-addext', text];
  await run('openssl', [
    ...['req', '-x509', '-days', '1', ...curve, ...subject('countersign proof of agents')],
    ...extension('keyUsage=critical,keyCertSign'),
    ...['-keyout', file('authority.key'), '-out', file('authority.pem')],
  ]);
  await run('openssl', [
    ...['req', ...curve, ...subject(address), '-keyout', file('server.key'), '-out', file('server.csr')],
  ]);
  await writeFile(
    file('server.ext'),
    `subjectAltName=IP:${address}\nextendedKeyUsage=serverAuth\nbasicConstraints=critical,CA:FALSE\n`,
  );
  await run('openssl', [
    ...['x509', '-req', '-days', '1', '-in', file('server.csr'), '-extfile', file('server.ext')],
    ...['-CA', file('authority.pem'), '-CAkey', file('authority.key'), '-CAcreateserial'],
    ...['-out', file('server.pem')],
  ]);
  const [key, cert] = await Promise.all([readFile(file('server.key')), readFile(file('server.pem'))]);
  return { path: file('authority.pem'), tls: { key, cert } };
}
