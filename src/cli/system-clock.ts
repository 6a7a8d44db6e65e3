/** The one that simulated devices run on too. */
export { systemClock } from '../../simulators/system-clock.ts'
