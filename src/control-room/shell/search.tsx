/** Search everything (`/`): devices, alarms, orders and places by name or number, with the arrow keys. */
import { Modal, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type FormEvent, type KeyboardEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link, useNavigate } from 'react-router'
import { openAlarms, openOrders, rules, site } from '../api/queries.ts'
import { finds } from '../parts/find.ts'
import { useDevices, useNames } from '../parts/names.ts'
import { useMay } from '../session/use-session.ts'
import { PLACES, WITHIN } from './places.ts'
import styles from './search.module.css'

type Hit = { readonly to: string; readonly kind: string; readonly name: string; readonly hint: string }

const MOST = 12

/** Of each kind some, whatever there is most of: two thousand alarms of a meter do not hide the meter. */
function shared(kinds: readonly (readonly Hit[])[]): Hit[] {
  const taken = kinds.map(() => 0)
  for (let left = MOST, before = -1; left > 0 && left !== before; ) {
    before = left
    for (const [at, { length }] of kinds.entries()) {
      const some = taken[at] ?? 0
      if (left === 0 || some === length) continue
      taken[at] = some + 1
      left--
    }
  }
  return kinds.flatMap((hits, at) => hits.slice(0, taken[at]))
}

export function Search({ opened, onClose }: { opened: boolean; onClose(): void }) {
  const { t } = useTranslation()
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={t('search.title')}
      size="lg"
      closeButtonProps={{ 'aria-label': t('close') }}
    >
      <Field onClose={onClose} />
    </Modal>
  )
}

function Field({ onClose }: { onClose(): void }) {
  const { t } = useTranslation()
  const navigate = useNavigate()
  const list = useRef<HTMLUListElement>(null)
  const [asked, setAsked] = useState('')
  const hits = useHits(asked)
  /** The arrows walk from the field through the links below it. */
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    const links = [...(list.current?.querySelectorAll('a') ?? [])]
    links[Math.max(0, links.indexOf(document.activeElement as HTMLAnchorElement) + by)]?.focus()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    const first = hits[0]
    if (!first) return
    onClose()
    void navigate(first.to)
  }
  return (
    <search onKeyDown={press}>
      <form onSubmit={submit}>
        <TextInput
          data-autofocus
          size="sm"
          aria-label={t('search.title')}
          placeholder={t('search.hint')}
          value={asked}
          onChange={(event) => setAsked(event.currentTarget.value)}
        />
      </form>
      <ul ref={list} className={styles.hits}>
        {hits.map(({ to, kind, name, hint }) => (
          <li key={to}>
            <Link to={to} className={styles.hit} onClick={onClose}>
              <span className={styles.kind}>{kind}</span>
              <span className="truncate">{name}</span>
              <span className={styles.hint}>{hint}</span>
            </Link>
          </li>
        ))}
      </ul>
      {asked.trim() && hits.length === 0 ? <p className="quiet">{t('search.nothing')}</p> : null}
    </search>
  )
}

function useHits(asked: string): Hit[] {
  const { t } = useTranslation()
  const may = useMay()
  const names = useNames()
  const known = useDevices()
  const alarms = useQuery({ ...openAlarms, enabled: may('alarms:read') }).data?.items ?? []
  const orders = useQuery({ ...openOrders, enabled: may('orders:read') }).data?.items ?? []
  const { data: here } = useQuery(site)
  const watched = useQuery({ ...rules, enabled: may('rules:read') }).data?.items ?? []
  const fits = finds(asked)
  const isAsked = asked.trim() !== ''
  const places = [...PLACES, ...(isAsked ? WITHIN : [])].flatMap(({ path, name, right }): Hit[] =>
    may(right) && fits(t(name)) ? [{ to: path, kind: t('search.place'), name: t(name), hint: '' }] : [],
  )
  if (!isAsked) return places
  return shared([
    places,
    orders.flatMap((order): Hit[] => {
      const { id, number } = order
      const [title, hint] = [names.order(order), names.where(order)]
      if (!fits(`#${number}`, title, hint)) return []
      return [
        { to: `/orders/${id}`, kind: t('search.order'), name: t('order.named', { number, title }), hint },
      ]
    }),
    alarms.flatMap(({ id, rule, device, place }): Hit[] => {
      const [name, hint] = [names.rule(rule), names.device(device)]
      return fits(name, hint, names.place(place))
        ? [{ to: `/?alarm=${id}`, kind: t('search.alarm'), name, hint }]
        : []
    }),
    watched.flatMap(({ id, name, kind }): Hit[] =>
      fits(id, name, kind)
        ? [{ to: `/settings/rules?rule=${id}`, kind: t('search.rule'), name, hint: id }]
        : [],
    ),
    (may('water-use:read') ? (here?.institutions ?? []) : []).flatMap(({ id, name }): Hit[] =>
      fits(id, name)
        ? [{ to: `/water?institution=${id}`, kind: t('search.institution'), name, hint: t('place.water') }]
        : [],
    ),
    [...known.values()].flatMap(({ id, name, place }): Hit[] => {
      const hint = names.place(place)
      return fits(id, name, hint) ? [{ to: `/devices/${id}`, kind: t('search.device'), name, hint }] : []
    }),
  ])
}
