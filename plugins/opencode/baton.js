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
  const handoffs = new Map()
  const tell = (name, session) => ask({ hook_event_name: name, session_id: session, cwd: directory })

  return {
    event: async ({ event }) => {
      const { sessionID, info } = event.properties ?? {}
      // A subagent's session is a part of another, which tells it what it needs.
      if (event.type === "session.created" && !info.parentID) handoffs.set(info.id, tell("session.created", info.id))
      if (event.type === "session.idle") await tell("session.idle", sessionID)
      if (event.type === "session.compacted") await tell("session.compacted", sessionID)
    },

    // With the first message, and kept with it: what is told to the system is forgotten with the next request.
    "chat.message": async ({ sessionID }, { message, parts }) => {
      const text = await handoffs.get(sessionID)
      handoffs.delete(sessionID)
      // Parts are in the order of their ids.
      const id = `${parts.at(-1)?.id}z`
      if (text && parts.length) parts.push({ id, sessionID, messageID: message.id, type: "text", text, synthetic: true })
    },

    "experimental.session.compacting": async ({ sessionID }, output) => {
      const text = await tell("experimental.session.compacting", sessionID)
      if (text) output.context.push(text)
    },
  }
}
