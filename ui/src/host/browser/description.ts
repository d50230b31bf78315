/**
 * What is looked at in a session description before the browser sees it.
 * Invariant: the certificate that DTLS will accept is named exactly once, by SHA-256 (RFC 8122, RFC 8827 section 5).
 */
const DIGEST = /^sha-256 [0-9a-f]{2}(?::[0-9a-f]{2}){31}$/i;

/** Does it name exactly one certificate? The line may stand in several sections, but it must be the same in all. */
export function namesOneCertificate(sdp: string): boolean {
  const named = sdp
    .split(/\r\n|\r|\n/)
    .filter((line) => line.startsWith("a=fingerprint:"))
    .map((line) => line.slice("a=fingerprint:".length).trim().toLowerCase());
  const [first, ...others] = named;
  return first !== undefined && DIGEST.test(first) && others.every((other) => other === first);
}
