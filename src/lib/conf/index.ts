export { Config, type ConfigEntry, type ConfigPlace } from './config.ts';
export { loadConfig, parseConfig, type ConfigOptions } from './parse.ts';
export { defaultConfig } from './default.ts';
export { objectsOf } from './objects.ts';
export { bytesOf, textOf } from '../der/text.ts';
