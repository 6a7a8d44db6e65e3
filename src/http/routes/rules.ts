/** /rules: what is watched for, with the version and options in force, and the subjects that had to be parked. */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import * as z from 'zod'
import { ringsAlways } from '../../consumers/verdict-findings.ts'
import { SEVERITIES } from '../../model/alarm.ts'
import { GatehouseError, type Language } from '../../model/errors.ts'
import { said } from '../../model/refusal.ts'
import { retold } from '../../model/retold.ts'
import { optionHelp } from '../../model/words-option-help.ts'
import { optionName } from '../../model/words-options.ts'
import { ruleName } from '../../model/words-rules.ts'
import type { RuleChange as Change } from '../../operations/rule-changes.ts'
import { commonOptionsOf } from '../../rules/common-options.ts'
import type { Scope } from '../../rules/rule-config.ts'
import { FIELD_TYPES, fieldsOf } from '../../rules/rule-fields.ts'
import { Nothing, refuses } from '../answers.ts'
import { callerOf, languageOf } from '../caller.ts'
import { showInstantIn } from '../instants.ts'
import { PageQuery, pageOf, pageOfWhole } from '../paging.ts'
import { InstantText, listOf } from '../schemas.ts'
import type { Services } from '../services.ts'
import { showReason } from '../show.ts'

const Rule = z
  .object({
    id: z.string(),
    name: z.string().meta({ description: 'In the language of the request; the id where it has no words' }),
    kind: z.string(),
    version: z.string(),
    fault: z.string(),
    severity: z.enum(SEVERITIES),
    order: z.enum(['automatic', 'manual', 'none']),
    verifyMs: z.number(),
    options: z.record(z.string(), z.unknown()),
    conditions: z.record(z.string(), z.unknown()).meta({
      description:
        'What is asked of it beside its options: delays, confirmation, schedules, …; see docs/rules/common-options.md',
    }),
    scope: z
      .record(z.string(), z.array(z.string()))
      .meta({ description: 'Whom it judges: every key that is there must fit; empty: whomever it can' }),
    latching: z.boolean(),
    neverShelve: z.boolean().meta({ description: 'Declared so, or about lives' }),
    subjects: z.int().meta({ description: 'How many it watches' }),
    idle: z
      .object({
        inScope: z.int().meta({ description: 'Subjects in its scope, none of which has what it judges by' }),
        points: z.array(z.string()).meta({ description: 'Any of which would do' }),
      })
      .nullable()
      .meta({ description: 'It judges nobody, and why' }),
    parked: z.array(z.object({ subject: z.string(), at: InstantText, reason: z.string() })),
  })
  .meta({ id: 'Rule' })

const RuleChange = z
  .object({
    at: InstantText,
    by: z.string(),
    reason: z.string(),
    rule: z.string(),
    from: z.string().nullable().meta({ description: 'Version before; null where the rule is new' }),
    to: z.string().nullable().meta({ description: 'Version since; null where the rule is gone' }),
    declared: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'The declaration in force from then on, defaults included' }),
  })
  .meta({ id: 'RuleChange' })

const namesIn = (scope: Scope): Record<string, string[]> =>
  Object.fromEntries(Object.entries(scope).flatMap(([key, names]) => (names ? [[key, [...names]]] : [])))

const Reload = z.strictObject({
  reason: z.string().trim().min(1).max(2_000).meta({ description: 'Why; it stands in the audit' }),
})

/** Below the rule, and nothing that a key of an object could be mistaken for. */
const FIELD_PATH = /^(options\.)?[a-z][a-zA-Z0-9]{0,40}$/
const MOST_CHANGES = 100

const FieldPath = z.string().regex(FIELD_PATH)

const DraftAsked = z.strictObject({
  set: z
    .record(FieldPath, z.unknown())
    .refine((changes) => Object.keys(changes).length <= MOST_CHANGES)
    .default({})
    .meta({ description: 'By path below the rule, as `options.above`' }),
  unset: z.array(FieldPath).max(MOST_CHANGES).default([]).meta({
    description: 'No longer declared, so that the default holds',
  }),
})

const RuleDraft = z
  .object({
    kind: z.string(),
    declared: z.record(z.string(), z.unknown()).meta({ description: 'As changed, without defaults' }),
    entry: z.string().meta({ description: 'A file of this rule alone, for a back-test' }),
    file: z.string().meta({ description: 'The whole file of rules with the changes, comments included' }),
    inForce: z.boolean().meta({ description: 'Without changes the file says of this rule what runs' }),
    fields: listOf(
      z.object({
        path: z.string(),
        name: z.string(),
        label: z.string().meta({ description: 'In the language of the request' }),
        help: z.string(),
        type: z.enum(FIELD_TYPES),
        unit: z.string().nullable(),
        choices: listOf(z.string()),
        least: z.number().nullable(),
        most: z.number().nullable(),
        isAbove: z.boolean().meta({ description: 'Exactly `least` is not enough' }),
        byDefault: z
          .unknown()
          .optional()
          .meta({ description: 'Absent where it depends on the device, or there is none' }),
        isNeeded: z.boolean(),
      }),
    ),
  })
  .meta({ id: 'RuleDraft' })

export const ruleRoutes: FastifyPluginAsyncZod<{ services: Services }> = async (app, { services }) => {
  const instant = showInstantIn(services.site.timeZone)
  app.get(
    '/rules',
    {
      config: { right: 'rules:read' },
      schema: {
        tags: ['rules'],
        summary: 'Rules in force',
        operationId: 'listRules',
        querystring: PageQuery,
        response: { 200: pageOf(Rule), ...refuses() },
      },
    },
    async (request) => {
      const language = languageOf(request)
      const { rules, parked } = services.rules
      const { items, next } = pageOfWhole(rules, request.query)
      const shown = items.map(({ config, version, subjects, passedOver }) => {
        const { id, kind, fault, severity, order, verifyMs, options, scope } = config
        const { latching = false } = config
        const neverShelve = ringsAlways(config)
        return {
          name: ruleName({ id, fault, kind }, language),
          id,
          kind,
          version,
          fault,
          severity,
          order,
          verifyMs,
          options: options as Record<string, unknown>,
          conditions: commonOptionsOf(config),
          scope: namesIn(scope),
          latching,
          neverShelve,
          subjects: subjects.size,
          idle: subjects.size > 0 ? null : { inScope: passedOver.subjects, points: [...passedOver.points] },
          parked: parked()
            .filter(({ rule }) => rule === id)
            .map(({ subject, at, cause }) => ({ subject, at: instant(at), reason: retold(cause, language) })),
        }
      })
      return { items: shown, next }
    },
  )
  const changeView = ({ at, declared, ...change }: Change, language: Language) => ({
    ...change,
    reason: showReason(change.by, change.reason, language),
    at: instant(at),
    declared: declared as Record<string, unknown> | null,
  })
  app.get(
    '/rules/changes',
    {
      config: { right: 'rules:read' },
      schema: {
        tags: ['rules'],
        summary: 'Who changed which rule, when and why, newest first',
        operationId: 'listRuleChanges',
        querystring: PageQuery.extend({
          rule: z.string().optional().meta({ description: 'Id; only changes of it' }),
        }),
        response: { 200: pageOf(RuleChange), ...refuses() },
      },
    },
    async (request) => {
      const language = languageOf(request)
      const { items, next } = await services.operations.ruleChanges.list(request.query)
      return { items: items.map((change) => changeView(change, language)), next }
    },
  )
  app.post(
    '/rules/reload',
    {
      config: { right: 'rules:reload' },
      schema: {
        tags: ['rules'],
        summary: 'Read the file of rules again and put it in force, without a restart',
        description:
          'All of it or nothing: a file that is not valid changes nothing, and the detail names each slip with its line. A running subject goes on from its state where that still fits the rule, else it starts anew.',
        operationId: 'reloadRules',
        body: Reload,
        response: {
          200: z.object({ changes: listOf(RuleChange).meta({ description: 'Empty: nothing had changed' }) }),
          ...refuses(422, 503),
        },
      },
    },
    async (request) => {
      const by = callerOf(request).name
      const changes = await services.reloadRules({ by, reason: request.body.reason })
      const language = languageOf(request)
      return { changes: changes.map((change) => changeView(change, language)) }
    },
  )
  app.post(
    '/rules/:id/draft',
    {
      config: { right: 'rules:test' },
      schema: {
        tags: ['rules'],
        summary:
          'The file of rules with some of one rule changed, and what can be changed; nothing is put in force',
        operationId: 'draftRule',
        params: z.object({ id: z.string() }),
        body: DraftAsked,
        response: { 200: RuleDraft, ...refuses(404) },
      },
    },
    (request) => {
      const language = languageOf(request)
      const { isInForce, ...draft } = services.draftRule(request.params.id, request.body)
      const { kind } = draft
      const fields = (fieldsOf(kind) ?? []).map(({ help, name, ...field }) => ({
        ...field,
        name,
        label: optionName(name, language, kind) ?? name,
        help: language === 'en' ? help : (optionHelp(kind, name) ?? help),
      }))
      return { ...draft, declared: { ...draft.declared }, inForce: isInForce, fields }
    },
  )
  app.post(
    '/rules/:id/release',
    {
      config: { right: 'rules:release' },
      schema: {
        tags: ['rules'],
        summary: 'Let a rule judge a parked subject again, from its start',
        description:
          'A step of the rule failed for this subject, and it takes nothing since. It starts anew with the next commit, within a second; a breach that it stood in ends.',
        operationId: 'releaseParked',
        params: z.object({ id: z.string() }),
        body: z.strictObject({ subject: z.string().min(1).max(200) }),
        response: { 204: Nothing, ...refuses(404, 503) },
      },
    },
    async (request, reply) => {
      const { id } = request.params
      const { subject } = request.body
      if (!(await services.releaseParked(id, subject))) {
        throw new GatehouseError('not-found', said('not-parked', { rule: id, subject }))
      }
      const by = callerOf(request).name
      await services.operations.audit.note({
        by,
        action: 'rules.released',
        subject: id,
        details: { subject },
      })
      return reply.status(204).send()
    },
  )
}
