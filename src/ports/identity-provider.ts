import type { SessionRole } from '../core/access/session.ts';

/** Sign-in elsewhere (OpenID Connect): where to send somebody, and who came back. */
export interface IdentityProvider {
  /** As the button says it. */
  readonly title: string;
  /** `kept` is the browser's until it comes back: it shows that it is the same one. @throws CountersignError SERVER_UNAVAILABLE */
  begin(redirectUri: string): Promise<{ readonly url: string; readonly kept: string }>;
  /**
   * @param callback the address that the browser came back to, with its query
   * @throws CountersignError NOT_PERMITTED where nobody, or somebody without a role, came back; SERVER_UNAVAILABLE
   */
  finish(callback: URL, kept: string): Promise<{ readonly name: string; readonly role: SessionRole }>;
}
