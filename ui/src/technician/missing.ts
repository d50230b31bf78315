/** What the technician's page cannot do without. Anything else that a browser lacks is only a limit. */
export type Part = "secure" | "signature" | "webrtc";

export async function missingParts(): Promise<Part[]> {
  // Without it, most of what follows is not there either.
  if (!isSecureContext) return ["secure"];
  const missing: Part[] = [];
  if (typeof RTCPeerConnection !== "function") missing.push("webrtc");
  try {
    await crypto.subtle.generateKey({ name: "Ed25519" }, false, ["sign", "verify"]);
  } catch {
    missing.push("signature");
  }
  return missing;
}
