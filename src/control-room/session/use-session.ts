/** Who is signed in and what that role may do. */
import { useQuery } from '@tanstack/react-query'
import { session } from '../api/queries.ts'
import type { Right, Session } from '../api/types.ts'

/** Inside the shell somebody is signed in. */
export function useSession(): Session {
  const { data } = useQuery(session)
  if (!data) throw new Error('asked for the session outside the shell')
  return data
}

export function useMay(): (right: Right) => boolean {
  const { data } = useQuery(session)
  return (right) => data?.scopes.includes(right) ?? false
}
