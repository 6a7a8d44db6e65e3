/**
 * Working calendars as a person writes them: hours by weekday, and for each year its holidays and make-up working days
 * (调休) as dates or runs of dates. Every slip has its line; a year that is missing is never filled in by a guess.
 */
import * as z from 'zod'
import { DEVICE_ID } from '../model/reading.ts'
import { WEEKDAYS, type WorkCalendar, type WorkingHours } from '../model/work-calendar.ts'
import { readYaml, slipsOf } from './yaml.ts'

const Hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$/, 'hours as HH:mm-HH:mm')
  .transform((text): WorkingHours => ({ from: text.slice(0, 5), to: text.slice(6) }))
  .refine(({ from, to }) => from < to, 'the hours end before they begin')

/** The longest run of days off that is believed. */
const MOST_DAYS = 60

const Days = z.string().transform((text, context): string[] => {
  const [first, last = first, ...rest] = text.split('..')
  const [from, to] = [first, last].map(dateOf)
  const days = from && to ? to.since(from).days : -1
  if (!from || !to || rest.length > 0 || days < 0 || days >= MOST_DAYS) {
    context.addIssue({
      code: 'custom',
      message: 'a date as YYYY-MM-DD, or a run of days as YYYY-MM-DD..YYYY-MM-DD',
    })
    return z.NEVER
  }
  return Array.from({ length: days + 1 }, (_, index) => from.add({ days: index }).toString())
})

function dateOf(text: string | undefined): Temporal.PlainDate | undefined {
  if (text === undefined || !/^\d{4}-\d\d-\d\d$/.test(text)) return undefined
  try {
    return Temporal.PlainDate.from(text)
  } catch {
    return undefined
  }
}

const Dates = z
  .array(Days)
  .default([])
  .transform((runs) => runs.flat())

export const Calendar = z
  .strictObject({
    id: z.string().regex(DEVICE_ID, 'lower-case letters, digits and dashes, at most 63'),
    name: z.string().min(1),
    hours: z.partialRecord(z.enum(WEEKDAYS), z.array(Hours).min(1)).meta({
      description: 'Working hours by weekday, local; a weekday that is not named is a day of rest.',
    }),
    makeUpHours: z.array(Hours).min(1).optional().meta({
      description: 'On make-up working days. Default: those of Monday.',
    }),
    years: z
      .record(
        z.string().regex(/^\d{4}$/, 'a year'),
        z.strictObject({
          holidays: Dates.meta({ description: 'Days off, weekends within them included.' }),
          workdays: Dates.meta({ description: 'Days of a weekend that are worked.' }),
        }),
      )
      .default({})
      .meta({ description: 'What the authority announces each year; nobody can compute it.' }),
  })
  .superRefine(({ hours, makeUpHours, years }, context) => {
    const say = (message: string, ...path: PropertyKey[]) =>
      context.addIssue({ code: 'custom', message, path })
    for (const [year, { holidays, workdays }] of Object.entries(years)) {
      for (const [key, dates] of Object.entries({ holidays, workdays })) {
        const stray = dates.find((date) => !date.startsWith(year))
        if (stray !== undefined) say(`${stray} is not in ${year}`, 'years', year, key)
      }
      const both = holidays.find((date) => workdays.includes(date))
      if (both !== undefined) say(`${both} is a holiday too`, 'years', year, 'workdays')
      if (workdays.length > 0 && !makeUpHours && !hours.monday)
        say('needed where Monday has none', 'makeUpHours')
    }
  })
  .transform(
    ({ makeUpHours, ...calendar }): WorkCalendar => ({
      ...calendar,
      makeUpHours: makeUpHours ?? calendar.hours.monday ?? [],
    }),
  )

const Calendars = z.array(Calendar).superRefine((calendars, context) => {
  calendars.forEach(({ id }, index) => {
    if (calendars.findIndex((other) => other.id === id) === index) return
    context.addIssue({ code: 'custom', path: [index, 'id'], message: `there are two of ${id}` })
  })
})

/** In the site file: the calendars themselves, or the file that holds them, relative to the site's. */
export const CalendarsOption = z
  .unknown()
  .transform((given, context): string | readonly WorkCalendar[] => {
    if (typeof given === 'string') return given
    const read = Calendars.safeParse(given ?? [])
    // Not a union of the two: what is wrong with a calendar is to be named where it stands.
    for (const { path, message } of slipsOf(Calendars, given ?? [], read.error?.issues ?? []))
      context.addIssue({ code: 'custom', path: [...path], message })
    return read.data ?? []
  })
  .meta({
    description: 'Working calendars, or a file of them, relative to this one. The first is the usual one.',
  })

/** Throws GatehouseError `config-unreadable` or `config-invalid`. */
export const readCalendars = (file: string): readonly WorkCalendar[] =>
  readYaml(file, z.strictObject({ calendars: Calendars })).calendars
