import { InvalidParametersError } from '@ts-libp2p/interface'
import { publicKeyValidator, type RecordValidator, type RecordValidators } from '@ts-libp2p/record'

/** The ecosystem's form of a validator: throws, or rejects, unless the value may be stored under the key. */
export type ValidateFn = (key: Uint8Array, value: Uint8Array) => void | Promise<void>
/** The ecosystem's form of a selector: the index of the best of several valid values. */
export type SelectFn = (key: Uint8Array, values: Uint8Array[]) => number

export interface ValidatorOptions {
  /** By namespace: what is believed under its keys. `pk` is there already. */
  readonly validators?: Readonly<Record<string, RecordValidator | ValidateFn>>
  /** By namespace: the selectors of validators that are functions. Default: the first value. */
  readonly selectors?: Readonly<Record<string, SelectFn>>
}

/** Validators of both forms, by namespace. Throws an `InvalidParametersError` for what is neither. */
export function validatorsOf({ validators = {}, selectors = {} }: ValidatorOptions): RecordValidators {
  const given = Object.entries(validators).map(([namespace, validator]) => {
    return [namespace, validatorFrom(namespace, validator, selectors[namespace])] as const
  })
  return { pk: publicKeyValidator, ...Object.fromEntries(given) }
}

function validatorFrom(
  namespace: string,
  validator: RecordValidator | ValidateFn,
  select: SelectFn = () => 0
): RecordValidator {
  if (typeof validator === 'function') return { validate: validator, select: (key, values) => select(key, [...values]) }
  if (typeof validator?.validate === 'function' && typeof validator.select === 'function') return validator
  throw new InvalidParametersError(`the validator of \`${namespace}\` must be a function, or have validate and select`)
}
