/**
 * The JSON that signatures cover, byte for byte as the programs in Rust write it: members in the order of the protocol's
 * types, no white space, capabilities in the order of their list.
 * Invariant: nothing but the members that are named here is signed or hashed, whatever else an object came with.
 */
import type { Allowance, Ask, Card, CardRequest, Capability, Credential, Described, Grant, Opened, Ready } from "../../../generated/protocol";
import { CAPABILITIES } from "../session/wishes";

const capabilities = (of: readonly Capability[]): Capability[] => CAPABILITIES.filter((capability) => of.includes(capability));

const orderedCard = ({ version, serial, person, name, level, device, issued_at, expires_at }: Card): Card => ({
  version, serial, person, name, level, device, issued_at, expires_at,
});

const orderedGrant = ({ session, ticket, technician, capabilities: allowed, expires_at }: Grant): Grant => ({
  session, ticket, technician, capabilities: capabilities(allowed), expires_at,
});

const orderedCredential = (of: Credential): Credential => {
  if (of.by === "card") return { by: "card", card: { card: orderedCard(of.card.card), signature: of.card.signature } };
  const { technician: { id, name, level }, device, element } = of;
  return { by: "code", technician: { id, name, level }, device, element };
};

export const card = (of: Card): string => JSON.stringify(orderedCard(of));

export const cardRequest = ({ version, person, name, level, device, requested_at }: CardRequest): string =>
  JSON.stringify({ version, person, name, level, device, requested_at });

export const ask = ({ version, session, ticket, capabilities: asked, asked_at, commitment, credential }: Ask): string =>
  JSON.stringify({
    version, session, ticket, capabilities: capabilities(asked), asked_at, commitment,
    credential: orderedCredential(credential),
  });

export const ready = ({ session, ask: hash, device, user: { name, machine }, nonce, code }: Ready): string =>
  JSON.stringify({
    session, ask: hash, device, user: { name, machine }, nonce,
    ...(code ? { code: { element: code.element, confirmation: code.confirmation } } : {}),
  });

export const opened = ({ transcript }: Opened): string => JSON.stringify({ transcript });

export const allowance = ({ transcript, grant }: Allowance): string => JSON.stringify({ transcript, grant: orderedGrant(grant) });

export const described = ({ transcript, allowance: allowed, end, attempt, sdp, offer }: Described): string =>
  JSON.stringify({ transcript, allowance: allowed, end, attempt, sdp, offer });
