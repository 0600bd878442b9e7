import { Libp2pError } from '@ts-libp2p/interface'

/**
 * What simulated nodes get from their system:
 * - `refused`: nobody listens there
 * - `timed-out`: nothing answers there, or an answer never came
 * - `address-in-use`: somebody listens there already
 * - `unsupported-address`: not an IP address and a TCP port, or not one of this host's
 * - `listener-state`: `listen()` twice, or after `close()`
 * - `listener-closed`: the listener was closed while the connection was being upgraded
 * - `too-many`: over a limit of the simulation
 * - `crashed`: the host is down, or the process that asks was killed
 *
 * What whoever runs the simulation gets:
 * - `misuse`: an option or a call that makes no sense
 * - `not-in-time`: something did not happen within its limit
 * - `leak`: real time, chance or input came in, so that the run cannot be repeated
 */
export type SimulationErrorCode =
  | 'refused'
  | 'timed-out'
  | 'address-in-use'
  | 'unsupported-address'
  | 'listener-state'
  | 'listener-closed'
  | 'too-many'
  | 'crashed'
  | 'misuse'
  | 'not-in-time'
  | 'leak'

export class SimulationError extends Libp2pError<SimulationErrorCode> {
  constructor(code: SimulationErrorCode, message: string, options?: ErrorOptions) {
    super('SimulationError', code, message, options)
  }
}
