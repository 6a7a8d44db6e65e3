/** The control room: the live list of alarms, and beside it the one that is selected. */
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useNavigate } from 'react-router'
import { openAlarms, openOrders, pastAlarms, suppressedAlarms } from '../api/queries.ts'
import type { Alarm } from '../api/types.ts'
import { boundary, dayStart } from '../format/calendar.ts'
import { useNow } from '../format/now.ts'
import { useFormat } from '../format/use-format.ts'
import { useKeys } from '../keyboard/use-keys.ts'
import { actor } from '../parts/actor.ts'
import { useNames } from '../parts/names.ts'
import { Empty, Unanswered } from '../parts/states.tsx'
import { tell } from '../parts/tell.ts'
import { useAddress } from '../parts/use-address.ts'
import { useHeld } from '../parts/use-held.ts'
import { useMedia } from '../parts/use-narrow.ts'
import { focusedRow, VirtualRows } from '../parts/virtual-rows.tsx'
import { useMay } from '../session/use-session.ts'
import { AcknowledgeDialog } from './acknowledge-dialog.tsx'
import { AcknowledgeOver, isOverUnseen } from './acknowledge-over.tsx'
import { AlarmPanel } from './alarm-panel.tsx'
import { AlarmCells, AlarmHead, LAYOUTS, type Layout, rowState } from './alarm-row.tsx'
import { Bars } from './bars.tsx'
import { chosen, type Filter, filterOf, rings } from './filter.ts'
import { FilterBar } from './filter-bar.tsx'
import { NewBar } from './new-bar.tsx'
import { OutOfServiceList } from './out-of-service-list.tsx'
import { canShelve, ShelveDialog } from './shelve-dialog.tsx'
import { useOpenOrder } from './use-open-order.ts'
import styles from './wall.module.css'

const idOf = ({ id }: Alarm) => id
const NONE: readonly Alarm[] = []

const EMPTY = { past: 'alarms.nonePast', suppressed: 'alarms.noneSuppressed' } as Readonly<
  Partial<Record<Filter['view'], 'alarms.nonePast' | 'alarms.noneSuppressed'>>
>

export function Wall() {
  const { t } = useTranslation()
  const may = useMay()
  const navigate = useNavigate()
  const names = useNames()
  const { asked, change, link } = useAddress()
  const filter = filterOf(asked)
  const open = useQuery(openAlarms)
  const { timeZone } = useFormat()
  const [from, lastDay] = [dayStart(filter.first, timeZone), dayStart(filter.last, timeZone)]
  const past = useQuery({
    ...pastAlarms({
      ...(filter.severity && { severity: filter.severity }),
      ...(from !== undefined && { from: new Date(from).toISOString() }),
      ...(lastDay !== undefined && { to: new Date(boundary('day', lastDay, timeZone, 1)).toISOString() }),
    }),
    enabled: filter.view === 'past',
  })
  const orders = useQuery({ ...openOrders, enabled: may('orders:read') }).data?.items ?? []
  const quiet = useQuery({ ...suppressedAlarms, enabled: filter.view === 'suppressed' })
  const listed = filter.view === 'past' ? past : filter.view === 'suppressed' ? quiet : open
  const { data } = listed
  const [acknowledging, setAcknowledging] = useState<Alarm>()
  const [shelving, setShelving] = useState<Alarm>()
  const openOrder = useOpenOrder()
  const narrow = useMedia('(max-width: 48em)')
  const middling = useMedia('(max-width: 80em)')
  const huge = useMedia('(min-width: 2200px)')
  const layout: Layout = narrow ? 'narrow' : middling || (asked.has('alarm') && !huge) ? 'compact' : 'wide'
  const region = useRef<HTMLElement>(null)

  const all = data?.items ?? NONE
  const selected = asked.get('alarm') ?? undefined
  const byId = useMemo(() => new Map(all.map((alarm) => [alarm.id, alarm])), [all])
  const find = (id: string) => byId.get(id)
  const question = JSON.stringify(filter)
  const now = useNow(30_000)
  const { rows, fresh, release, holding } = useHeld(
    chosen(all, filter, names, now),
    idOf,
    find,
    question,
    region,
  )
  const showNew = () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur()
    region.current?.querySelector('[data-scroll]')?.scrollTo({ top: 0 })
    release()
  }
  const current = () => find(focusedRow() ?? selected ?? '')

  useKeys({
    a() {
      const alarm = current()
      if (!alarm || !may('alarms:acknowledge')) return
      if (alarm.acknowledged) tell(t('alarms.seenAlready', { by: actor(alarm.acknowledged.by, t) }))
      else setAcknowledging(alarm)
    },
    o() {
      const alarm = current()
      if (alarm?.order) void navigate(`/orders/${alarm.order}`)
      else if (alarm && may('orders:create')) openOrder.mutate(alarm.id)
    },
    s() {
      const alarm = current()
      if (!alarm || !may('alarms:shelve')) return
      if (canShelve(alarm)) setShelving(alarm)
      else tell(t(alarm.neverShelve ? 'alarms.neverShelve' : 'alarms.isOver'))
    },
    n: showNew,
    Escape: () => change({ alarm: undefined }),
  })

  return (
    <div className={styles.wall} data-panel={selected ? true : undefined}>
      <section ref={region} className={styles.list} aria-label={t('alarms.title')}>
        <h1 className={styles.title}>{t('alarms.title')}</h1>
        <FilterBar
          filter={filter}
          count={rows.length}
          cut={data?.cut ?? false}
          quiet={open.data?.items.filter((alarm) => !rings(alarm) && alarm.state !== 'cleared').length ?? 0}
          onChange={change}
        >
          {may('alarms:acknowledge') ? <AcknowledgeOver alarms={rows.filter(isOverUnseen)} /> : null}
        </FilterBar>
        <div className={styles.bars}>
          <Bars holding={holding} link={link} />
          {filter.view === 'suppressed' ? <OutOfServiceList /> : null}
        </div>
        <NewBar fresh={fresh} onShow={showNew} />
        <Unanswered of={listed} />
        {data && rows.length === 0 ? (
          <Empty title={t(EMPTY[filter.view] ?? 'alarms.none')}>
            {filter.view === 'suppressed'
              ? t('alarms.noneSuppressedHelp')
              : t(all.length > 0 ? 'alarms.noneFilter' : 'alarms.noneHelp')}
          </Empty>
        ) : null}
        {rows.length > 0 ? (
          <VirtualRows
            rows={rows}
            idOf={idOf}
            height={LAYOUTS[layout].height}
            label={t('alarms.title')}
            columns={LAYOUTS[layout].columns}
            head={<AlarmHead filter={filter} layout={layout} link={link} />}
            selected={selected}
            rowClass={rowState}
            draw={(alarm) => (
              <AlarmCells
                alarm={alarm}
                names={names}
                layout={layout}
                order={orders.find(({ id }) => id === alarm.order)}
                to={link({ alarm: alarm.id })}
                onAcknowledge={may('alarms:acknowledge') ? () => setAcknowledging(alarm) : undefined}
              />
            )}
          />
        ) : null}
      </section>
      {selected ? (
        <AlarmPanel
          key={selected}
          id={selected}
          onClose={() => change({ alarm: undefined })}
          onAcknowledge={setAcknowledging}
          onShelve={setShelving}
        />
      ) : null}
      <AcknowledgeDialog alarm={acknowledging} onClose={() => setAcknowledging(undefined)} />
      <ShelveDialog alarm={shelving} onClose={() => setShelving(undefined)} />
    </div>
  )
}
