/** Constructors that are functions, as Node's: programs and Node's own modules inherit from them by `call`, and a server is made without `new`. */

/** Gives a function the methods of a class, under a name: both have one prototype. `Parent` is whose statics it inherits. */
export function asFunction(
  construct: object,
  name: string,
  Methods: { readonly prototype: object },
  Parent: object,
): void {
  Object.defineProperty(construct, 'name', { value: name });
  Object.defineProperty(construct, 'prototype', { value: Methods.prototype });
  Object.defineProperty(Methods.prototype, 'constructor', { value: construct });
  Object.setPrototypeOf(construct, Parent);
}
