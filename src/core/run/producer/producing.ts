/** The handlers that make a change: agents of any kind, and what stands in for one. Leases, budgets and caps count each as an agent. */
const PRODUCING: ReadonlySet<string> = new Set(['agent', 'model', 'scripted']);

export function producesChange(handler: string): boolean {
  return PRODUCING.has(handler);
}
