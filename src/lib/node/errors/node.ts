/**
 * Errors as Node's own modules throw them: an `Error`, `TypeError` or `RangeError` with a stable `code` in its own properties, in the first
 * line of its stack and in what `toString` gives. And the checks of arguments that throw them, with Node's words.
 */
import { inspect } from 'node:util';

type Base = ErrorConstructor | TypeErrorConstructor | RangeErrorConstructor | SyntaxErrorConstructor;

/** An error of Node's kind. */
export interface NodeError extends Error {
  code: string;
}

/** An error with a code of Node's, by default an `Error`. `also` names properties that the error has beside it. */
export function nodeError<T extends object = object>(
  code: string,
  message: string,
  Kind: Base = Error,
  also?: T,
): NodeError & T {
  const error = new Kind(message);
  Object.defineProperties(error, {
    toString: {
      value(this: Error) {
        return `${this.name} [${code}]: ${this.message}`;
      },
      enumerable: false,
      writable: true,
      configurable: true,
    },
  });
  return Object.assign(showCode(error, code), { code }, also);
}

/** An error as Node's native part throws it: with a code, which its text does not show. */
export function bindingError(code: string, message: string, Kind: Base = Error): NodeError {
  return Object.assign(new Kind(message), { code });
}

/** Puts the code into the first line of the stack. */
function showCode(error: Error, code: string): Error {
  // the getter makes the text of the stack from the name that it finds when it is first read
  const { name } = error;
  Object.defineProperty(error, 'name', { value: `${name} [${code}]`, configurable: true, writable: true });
  void error.stack;
  delete (error as { name?: string }).name;
  return error;
}

const TYPES = new Set(['string', 'function', 'number', 'object', 'Function', 'Object', 'boolean', 'bigint', 'symbol']);
const CLASS = /^[A-Z][a-zA-Z0-9]*$/;

function listed(words: readonly string[]): string {
  if (words.length < 3) return words.join(' or ');
  return `${words.slice(0, -1).join(', ')}, or ${words.at(-1)}`;
}

/** "of type string or an instance of Buffer": what was expected, in Node's words. */
function expectation(expected: readonly string[]): string {
  const other = expected.filter((one) => !TYPES.has(one) && !CLASS.test(one));
  const instances = expected.filter((one) => !TYPES.has(one) && CLASS.test(one));
  let types = expected.filter((one) => TYPES.has(one)).map((one) => one.toLowerCase());
  if (instances.length > 0 && types.includes('object')) {
    types = types.filter((one) => one !== 'object');
    instances.push('Object');
  }
  const parts: string[] = [];
  if (types.length > 0) parts.push(`${types.length > 1 ? 'one of type' : 'of type'} ${listed(types)}`);
  if (instances.length > 0) parts.push(`an instance of ${listed(instances)}`);
  const [single] = other;
  if (other.length > 1) parts.push(`one of ${listed(other)}`);
  else if (single !== undefined) parts.push(single.toLowerCase() === single ? single : `an ${single}`);
  return parts.join(' or ');
}

function numberSeen(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value);
}

function stringSeen(value: string): string {
  const short = value.length > 28 ? `${value.slice(0, 25)}...` : value;
  return short.includes("'") ? JSON.stringify(short) : `'${short}'`;
}

/** "type string ('x')", "an instance of Array": what was given, in Node's words. */
export function received(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  switch (typeof value) {
    case 'number':
      return `type number (${numberSeen(value)})`;
    case 'bigint':
      return `type bigint (${value}n)`;
    case 'boolean':
    case 'symbol':
      return `type ${typeof value} (${String(value)})`;
    case 'string':
      return `type string (${stringSeen(value)})`;
    case 'function':
      return `function ${value.name}`;
    default: {
      const name = (value.constructor as { name?: unknown } | undefined)?.name;
      return typeof name === 'string' && name !== '' ? `an instance of ${name}` : inspect(value, { depth: -1 });
    }
  }
}

const kindOf = (name: string): string => (name.includes('.') ? 'property' : 'argument');

/** ERR_INVALID_ARG_TYPE. A name that ends in ` argument` stands without quotation marks, one with a full stop is a property. */
export function invalidArgType(name: string, expected: string | readonly string[], actual: unknown): NodeError {
  const what = name.endsWith(' argument') ? name : `"${name}" ${kindOf(name)}`;
  const wanted = expectation(typeof expected === 'string' ? [expected] : expected);
  return nodeError('ERR_INVALID_ARG_TYPE', `The ${what} must be ${wanted}. Received ${received(actual)}`, TypeError);
}

/** ERR_INVALID_ARG_VALUE. */
export function invalidArgValue(name: string, value: unknown, reason = 'is invalid'): NodeError {
  const seen = inspect(value);
  const short = seen.length > 128 ? `${seen.slice(0, 128)}...` : seen;
  return nodeError('ERR_INVALID_ARG_VALUE', `The ${kindOf(name)} '${name}' ${reason}. Received ${short}`, TypeError);
}

/** 1234567 as 1_234_567. */
const separated = (digits: string): string => digits.replace(/(?<=\d)(?=(?:\d{3})+$)/g, '_');

function amount(value: unknown): string {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) > 2 ** 32)
    return separated(String(value));
  if (typeof value !== 'bigint') return inspect(value);
  const large = value > 2n ** 32n || value < -(2n ** 32n);
  return `${large ? separated(String(value)) : String(value)}n`;
}

/** ERR_OUT_OF_RANGE: `range` says what it must be, e.g. `>= 0 && <= 9`. */
export function outOfRange(name: string, range: string, value: unknown): NodeError {
  const message = `The value of "${name}" is out of range. It must be ${range}. Received ${amount(value)}`;
  return nodeError('ERR_OUT_OF_RANGE', message, RangeError);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no string. */
export function validateString(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string') throw invalidArgType(name, 'string', value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no boolean. */
export function validateBoolean(value: unknown, name: string): asserts value is boolean {
  if (typeof value !== 'boolean') throw invalidArgType(name, 'boolean', value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no function. */
export function validateFunction(
  value: unknown,
  name: string,
): asserts value is (...args: readonly unknown[]) => unknown {
  if (typeof value !== 'function') throw invalidArgType(name, 'Function', value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no object; an array and null are none. */
export function validateObject(value: unknown, name: string): asserts value is object {
  if (value === null || Array.isArray(value) || typeof value !== 'object') throw invalidArgType(name, 'Object', value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no array. */
export function validateArray(value: unknown, name: string): asserts value is readonly unknown[] {
  if (!Array.isArray(value)) throw invalidArgType(name, 'Array', value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no view of an ArrayBuffer. */
export function validateBuffer(value: unknown, name = 'buffer'): asserts value is NodeJS.ArrayBufferView {
  if (!ArrayBuffer.isView(value)) throw invalidArgType(name, ['Buffer', 'TypedArray', 'DataView'], value);
}

/** Throws ERR_INVALID_ARG_TYPE for what is no number, ERR_OUT_OF_RANGE outside of `min` and `max`. */
export function validateNumber(
  value: unknown,
  name: string,
  min?: number | null,
  max?: number | null,
): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  const low = min !== undefined && min !== null;
  const high = max !== undefined && max !== null;
  if ((low && !(value >= min)) || (high && !(value <= max))) {
    const range = [low ? `>= ${min}` : '', high ? `<= ${max}` : ''].filter((one) => one !== '').join(' && ');
    throw outOfRange(name, range, value);
  }
}

/** Throws ERR_INVALID_ARG_TYPE for what is no number, ERR_OUT_OF_RANGE for what is no whole one inside of `min` and `max`. */
export function validateInteger(
  value: unknown,
  name: string,
  min: number = Number.MIN_SAFE_INTEGER,
  max: number = Number.MAX_SAFE_INTEGER,
): asserts value is number {
  if (typeof value !== 'number') throw invalidArgType(name, 'number', value);
  if (!Number.isInteger(value)) throw outOfRange(name, 'an integer', value);
  if (value < min || value > max) throw outOfRange(name, `>= ${min} && <= ${max}`, value);
}

/** A whole number of 32 bits with a sign. */
export function validateInt32(
  value: unknown,
  name: string,
  min = -2_147_483_648,
  max = 2_147_483_647,
): asserts value is number {
  validateInteger(value, name, min, max);
}

/** A whole number of 32 bits without a sign; `positive` forbids 0. */
export function validateUint32(value: unknown, name: string, positive = false): asserts value is number {
  validateInteger(value, name, positive ? 1 : 0, 4_294_967_295);
}

/** An AbortSignal, or nothing. */
export function validateAbortSignal(value: unknown, name: string): asserts value is AbortSignal | undefined {
  if (value !== undefined && (value === null || typeof value !== 'object' || !('aborted' in value))) {
    throw invalidArgType(name, 'AbortSignal', value);
  }
}
