/** One order as a timeline: who did what when, on which evidence, and what the readings say to it. */
import { Button } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useParams } from 'react-router'
import { ORDER_STATE_WORDS } from '../../model/words.ts'
import { order as orderQuery } from '../api/queries.ts'
import type { OrderState, WorkOrder } from '../api/types.ts'
import { Age } from '../format/age.tsx'
import { useFormat } from '../format/use-format.ts'
import { useLanguage } from '../i18n/language.ts'
import { actor } from '../parts/actor.ts'
import { Facts } from '../parts/facts.tsx'
import { useBecause, useNames } from '../parts/names.ts'
import { SeverityMark } from '../parts/severity.tsx'
import { Unanswered } from '../parts/states.tsx'
import { useMay } from '../session/use-session.ts'
import styles from './board.module.css'
import { ClockFact } from './clock.tsx'
import { isEnded, movesOf, since } from './columns.ts'
import { MoveDialog } from './move-dialog.tsx'
import { Occurrences } from './occurrences.tsx'
import { Proof } from './proof.tsx'

export function Component() {
  const { id = '' } = useParams()
  const asked = useQuery(orderQuery(id))
  return asked.data ? <Order order={asked.data} /> : <Unanswered of={asked} />
}

function Order({ order }: { order: WorkOrder }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const names = useNames()
  const because = useBecause()
  const may = useMay()
  const [to, setTo] = useState<OrderState>()
  return (
    <div className={styles.order}>
      <p className="no-print" style={{ margin: '0 0 0.5rem' }}>
        <Link to="/orders">{t('order.toBoard')}</Link>
      </p>
      <header className={styles.orderHead}>
        <SeverityMark severity={order.severity} over={isEnded(order)} />
        <h1>{t('order.named', { number: order.number, title: names.order(order) })}</h1>
        {may('devices:read') ? (
          <Link to={`/devices/${order.device}`}>{names.where(order)}</Link>
        ) : (
          <span>{names.where(order)}</span>
        )}
        <span>
          <strong>{ORDER_STATE_WORDS[order.state][language]}</strong> <Age at={since(order)} />
        </span>
      </header>
      <div className={styles.orderGrid}>
        <section>
          {may('orders:move') && order.next.length > 0 ? (
            <div className={`${styles.moves} ${styles.ahead} no-print`}>
              {movesOf(order).map(({ to: next, name, isForward }, at) => (
                <Button
                  // biome-ignore lint/suspicious/noArrayIndexKey: the next step takes the place of the last one, and with it the focus of whoever works without a mouse
                  key={at}
                  {...(at === 0 && isForward ? {} : { variant: 'default' })}
                  onClick={() => setTo(next)}
                >
                  {t(name)}
                </Button>
              ))}
            </div>
          ) : null}
          <h3>{t('order.timeline')}</h3>
          <Timeline order={order} />
        </section>
        <div className={styles.side}>
          <section>
            <h3>{t('order.facts')}</h3>
            <Facts
              rows={[
                [t('order.assignee'), order.assignee ?? t('order.unassigned')],
                ...order.clocks.map((clock): [string, ReactNode] => [
                  t(`clock.${clock.clock}`),
                  <ClockFact key={clock.clock} of={clock} />,
                ]),
                order.awaits && [t('order.awaits'), because(order.awaits)],
                [t('order.created'), <Age key="created" at={order.createdAt} />],
              ]}
            />
          </section>
          <section>
            <h3>{t('order.proof')}</h3>
            <Proof order={order} />
          </section>
          {may('alarms:read') ? <Occurrences order={order} /> : null}
        </div>
      </div>
      <MoveDialog moving={to ? { order, to } : undefined} onClose={() => setTo(undefined)} />
    </div>
  )
}

function Timeline({ order }: { order: WorkOrder }) {
  const { t } = useTranslation()
  const language = useLanguage()
  const format = useFormat()
  const because = useBecause()
  const { history } = order
  const words = ({ from, to, assignee }: WorkOrder['history'][number]) => {
    if (from === to && to !== 'dispatched') return t('order.noted')
    if (to === 'reported' && from !== null) return t('order.givenBack')
    const state = ORDER_STATE_WORDS[to][language]
    return to === 'dispatched' && assignee ? t('order.givenTo', { state, assignee }) : state
  }
  return (
    <ol className={styles.timeline} reversed>
      {history
        .map((step, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a history only grows, and two steps may be of one instant
          <li key={place} data-now={place === history.length - 1 || undefined}>
            <strong>{words(step)}</strong>
            <p>{t('order.step', { by: actor(step.by, t), time: format.moment(step.at) })}</p>
            {step.evidence ? <p>{because(step.evidence, order.device)}</p> : null}
            {step.note ? <p className={styles.note}>{step.note}</p> : null}
          </li>
        ))
        .reverse()}
    </ol>
  )
}
