/**
 * Try a change of a rule before it is put in force: its fields on the left, what it would have raised on the
 * right. All of it is in the address.
 */
import { NativeSelect } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { isProblem } from '../api/problem.ts'
import { ruleDraft, rules } from '../api/queries.ts'
import { Empty, NotAllowed, ProblemText, Unanswered } from '../parts/states.tsx'
import { useAddress } from '../parts/use-address.ts'
import { useMay } from '../session/use-session.ts'
import styles from './draft.module.css'
import { DraftFields } from './draft-fields.tsx'
import { DraftFile } from './draft-file.tsx'
import { DraftTrial } from './draft-trial.tsx'
import { askedOf, changesIn } from './draft-values.ts'

export function Component() {
  const { t } = useTranslation()
  const { asked, change } = useAddress()
  const inForce = useQuery(rules)
  if (!useMay()('rules:test')) return <NotAllowed />
  if (!inForce.data) return <Unanswered of={inForce} />
  const rule = asked.get('rule') ?? ''
  const isKnown = inForce.data.items.some(({ id }) => id === rule)
  const another = (id: string) =>
    change({
      ...Object.fromEntries(
        [...asked.keys()].filter((name) => name.startsWith('set.')).map((name) => [name, undefined]),
      ),
      rule: id,
    })
  return (
    <section className={styles.page}>
      <header>
        <Link to={isKnown ? `/settings/rules?rule=${encodeURIComponent(rule)}` : '/settings/rules'}>
          {t('draft.toRules')}
        </Link>
        <h2>{t('draft.title')}</h2>
        <p className="quiet">{t('draft.help')}</p>
        <NativeSelect
          className={styles.rule ?? ''}
          label={t('settings.rule')}
          value={isKnown ? rule : ''}
          data={[
            ...(isKnown ? [] : [{ value: '', label: t('draft.pick') }]),
            ...inForce.data.items.map(({ id, name }) => ({
              value: id,
              label: name === id ? id : t('draft.ruleNamed', { name, id }),
            })),
          ]}
          onChange={(event) => another(event.currentTarget.value)}
        />
      </header>
      {isKnown ? (
        <Draft key={rule} rule={rule} />
      ) : rule ? (
        <Empty title={t('draft.unknown', { rule })} />
      ) : null}
    </section>
  )
}

const NOTHING = { set: {}, unset: [] }

function Draft({ rule }: { rule: string }) {
  const { t } = useTranslation()
  const { asked } = useAddress()
  const changes = changesIn(asked)
  const inFile = useQuery(ruleDraft(rule, NOTHING))
  const drafted = useQuery({
    ...ruleDraft(rule, askedOf(changes)),
    placeholderData: keepPreviousData,
    retry: false,
  })
  if (!inFile.data) return <Unanswered of={inFile} />
  const slips = isProblem(drafted.error, 422) ? drafted.error.errors : []
  const isAtField = ({ path }: { path: string }) =>
    inFile.data.fields.some((one) => path.startsWith(one.path))
  const isElsewhere = drafted.error !== null && !(slips.length > 0 && slips.every(isAtField))
  return (
    <div className={styles.columns}>
      <div className={styles.form}>
        {inFile.data.inForce ? null : (
          <p className={styles.notice} role="status">
            {t('draft.differs')}
          </p>
        )}
        <DraftFields of={inFile.data} changes={changes} slips={slips} />
        {isElsewhere ? <ProblemText cause={drafted.error} /> : null}
      </div>
      <div className={styles.outcome}>
        <DraftTrial entry={drafted.error || drafted.isPlaceholderData ? undefined : drafted.data?.entry} />
        {drafted.data && !drafted.error ? (
          <DraftFile draft={drafted.data} isChanged={changes.size > 0} />
        ) : null}
      </div>
    </div>
  )
}
