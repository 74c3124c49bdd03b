// Tells Baton when a session of OpenCode begins, rests and is compacted, and hands the model what Baton answers.
// `baton install opencode` wrote this file and replaces it when it runs again; `baton uninstall opencode` removes it.

import { spawn } from "node:child_process"

const PROGRAM = "baton"
const LONGEST = 10_000

// What Baton answers to an event; nothing if it fails or takes too long, since a session must never wait for it.
function ask(event) {
  return new Promise((resolve) => {
    let answer = ""
    const child = spawn(PROGRAM, ["hook", "opencode"], { stdio: ["pipe", "pipe", "ignore"], timeout: LONGEST })
    child.on("error", () => resolve(""))
    child.on("close", (status) => resolve(status === 0 ? answer.trim() : ""))
    child.stdout.on("data", (part) => (answer += part))
    child.stdin.on("error", () => {})
    child.stdin.end(JSON.stringify(event))
  })
}

export const Baton = async ({ directory }) => {
  const told = new Set()
  const tell = (name, session, more = {}) =>
    ask({ hook_event_name: name, session_id: session, cwd: directory, transcript_path: null, ...more })

  return {
    event: async ({ event }) => {
      const session = event.properties?.sessionID ?? event.properties?.info?.id
      if (event.type === "session.idle") await tell("Stop", session)
      if (event.type === "session.compacted") await tell("PostCompact", session)
      if (event.type === "session.deleted") told.delete(session)
    },

    // Once a session, before its first answer.
    "experimental.chat.system.transform": async (input, output) => {
      const session = input.sessionID
      if (!session || told.has(session)) return
      told.add(session)
      const answer = await tell("SessionStart", session, { source: "startup" })
      if (answer) output.system.push(answer)
    },

    "experimental.session.compacting": async (input, output) => {
      const answer = await tell("PreCompact", input.sessionID, { trigger: "auto" })
      if (answer) output.context.push(answer)
    },
  }
}
