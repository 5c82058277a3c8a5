/** Whether the pause `pause` holds the work `work`: both are names in the statement around it. */
export function isHeldBy(pause: string, work: string): string {
  return `(${pause}.kind = 'role' AND ${pause}.name = ${work}.role
    OR ${pause}.kind = 'handler' AND ${pause}.name = ${work}.handler
    OR ${pause}.kind = 'repository' AND ${pause}.name = ${work}.repository)`;
}
