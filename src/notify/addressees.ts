/** Who is told of an event: the channels whose routes it fits, and those that a step of an escalation names. */
import { channelsOf } from '../alarms/escalation.ts'
import { hasRung } from '../alarms/lifecycle.ts'
import { type FactsOf, inPlace, inScope } from '../alarms/scope.ts'
import type { BusinessEvent } from '../operations/events.ts'
import type { Addressees } from '../operations/outbox.ts'
import type { NotifyOptions } from './options.ts'

type Route = NotifyOptions['routes'][number]

export function addresseesIn(
  { channels, routes, escalation }: Pick<NotifyOptions, 'channels' | 'routes' | 'escalation'>,
  factsOf: FactsOf,
): Addressees {
  const known = new Set(channels.map(({ name }) => name))

  function fits(route: Route, event: BusinessEvent): boolean {
    if (!route.events.some((kind) => kind === event.kind)) return false
    if ('flood' in event) return true
    // Nobody was told that it had begun.
    if (event.kind === 'alarm.cleared' && !hasRung(event.alarm)) return false
    if ('alarm' in event) return inScope(route, event.alarm, factsOf)
    if ('outOfService' in event) {
      const { kind, id } = event.outOfService
      const facts = kind === 'device' ? factsOf(id) : undefined
      // A zone may hold devices of many institutions: only a route that asks for none has it.
      return inPlace(route, facts?.place ?? { institution: '', zone: id }, facts?.family)
    }
    const { device, severity, fault, state } = event.order
    if (route.orderStates && !route.orderStates.includes(state)) return false
    // Of a source, or of a device that the site no longer has: only a route that asks for no place has it.
    const { place = { institution: '' } } = factsOf(device) ?? {}
    // An order may come of several rules; of those only the fault is common, which is a rule's id where it names none.
    return inScope(route, { device, severity, place, rule: fault }, factsOf)
  }

  return (event) => {
    const step = event.kind === 'alarm.escalated' ? event.alarm.escalated : undefined
    const named = step ? channelsOf(escalation, step) : []
    const routed = routes.filter((route) => fits(route, event)).map(({ channel }) => channel)
    return [...new Set([...named, ...routed])].filter((name) => known.has(name))
  }
}
