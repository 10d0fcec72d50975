/** Scenarios: what is played with both implementations. */
import type { Play } from './play.ts';

export interface Scenario {
  readonly name: string;
  readonly play: (play: Play) => Promise<void> | void;
  /** Changes what all connections share: nothing else is played meanwhile. */
  readonly alone: boolean;
}

const scenarios = new Map<string, Scenario>();

function add(name: string, alone: boolean, play: Scenario['play']): void {
  if (scenarios.has(name)) throw new Error(`two scenarios have the name ${name}`);
  scenarios.set(name, { name, play, alone });
}

/** A scenario that shares the process with others. */
export const scenario = (name: string, play: Scenario['play']): void => add(name, false, play);

/** A scenario that changes defaults of the module or of the process, and restores them. */
export const scenarioAlone = (name: string, play: Scenario['play']): void => add(name, true, play);

export const allScenarios = (): readonly Scenario[] => [...scenarios.values()];
