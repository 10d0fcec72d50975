/**
 * CPU seconds (user and system, all threads of this process) that a step takes. Limits of time are checked with it, because the time on the wall says
 * more about the other work of the machine than about the step.
 */
export async function cpuSeconds(step: () => unknown): Promise<number> {
  const started = process.cpuUsage();
  await step();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}
