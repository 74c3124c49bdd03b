"""A model that says what it is told to say, in the four protocols that hosts speak, and remembers what it was asked."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HANG = {"hang": True}


def say(text):
    return {"text": text}


def call(tool, **arguments):
    return {"tool": tool, "arguments": arguments}


class Model:
    """Gives its replies one by one to the requests that offer tools; what has none only wants a title."""

    def __init__(self):
        self.replies, self.asked = [], []
        self.died = threading.Event()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), handler(self))
        self.server.handle_error = lambda *_: None  # A host that was killed does not listen.
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}"

    def reply(self, request):
        if not request.get("tools"):
            return say("A title")
        self.asked.append(request)
        reply = self.replies.pop(0) if self.replies else say("Nothing is left to say.")
        if reply is HANG:
            self.died.wait()
        return reply


def handler(model):
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send("application/json", '{"data": [], "models": []}')

        def do_POST(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            path = self.path.split("?")[0]
            speak = next((speak for end, speak in PROTOCOLS.items() if path.endswith(end)), None)
            if speak is None:
                return self.send("application/json", '{"input_tokens": 1000, "totalTokens": 1000}')
            reply = model.reply(json.loads(body))
            self.send("text/event-stream", "".join(speak(reply, f"{len(model.asked):024}")))

        def send(self, kind, text):
            body = text.encode()
            self.send_response(200)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def event(data):
    name = f"event: {data['type']}\n" if "type" in data else ""
    return f"{name}data: {json.dumps(data)}\n\n"


def messages(reply, number):
    """Anthropic's Messages."""
    if "text" in reply:
        block, delta = {"type": "text", "text": ""}, {"type": "text_delta", "text": reply["text"]}
        reason = "end_turn"
    else:
        block = {"type": "tool_use", "id": f"toolu_{number}", "name": reply["tool"], "input": {}}
        delta = {"type": "input_json_delta", "partial_json": json.dumps(reply["arguments"])}
        reason = "tool_use"
    message = {"id": f"msg_{number}", "type": "message", "role": "assistant", "model": "mock", "content": [],
               "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1000, "output_tokens": 1}}
    yield event({"type": "message_start", "message": message})
    yield event({"type": "content_block_start", "index": 0, "content_block": block})
    yield event({"type": "content_block_delta", "index": 0, "delta": delta})
    yield event({"type": "content_block_stop", "index": 0})
    stop = {"stop_reason": reason, "stop_sequence": None}
    yield event({"type": "message_delta", "delta": stop, "usage": {"output_tokens": 20}})
    yield event({"type": "message_stop"})


def responses(reply, number):
    """OpenAI's Responses; a tool of a server is named `server/tool`."""
    if "text" in reply:
        content = [{"type": "output_text", "text": reply["text"], "annotations": []}]
        item = {"type": "message", "role": "assistant", "id": f"msg_{number}", "content": content}
    else:
        *server, name = reply["tool"].split("/")
        arguments = json.dumps(reply["arguments"])
        item = {"type": "function_call", "id": f"fc_{number}", "call_id": f"call_{number}", "name": name, "arguments": arguments}
        item |= {"namespace": server[0]} if server else {}
    usage = {"input_tokens": 1000, "output_tokens": 20, "total_tokens": 1020}
    response = {"id": f"resp_{number}", "object": "response", "output": [item], "usage": usage}
    yield event({"type": "response.created", "response": {**response, "output": []}})
    yield event({"type": "response.output_item.done", "output_index": 0, "item": item})
    yield event({"type": "response.completed", "response": response})


def completions(reply, number):
    """OpenAI's Chat Completions."""
    delta, reason = {"role": "assistant", "content": reply.get("text")}, "stop"
    if "tool" in reply:
        function = {"name": reply["tool"], "arguments": json.dumps(reply["arguments"])}
        delta["tool_calls"] = [{"index": 0, "id": f"call_{number}", "type": "function", "function": function}]
        reason = "tool_calls"
    chunk = {"id": f"chatcmpl-{number}", "object": "chat.completion.chunk", "created": 1, "model": "mock"}
    usage = {"prompt_tokens": 1000, "completion_tokens": 20, "total_tokens": 1020}
    yield event({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}]})
    yield event({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": reason}], "usage": usage})
    yield "data: [DONE]\n\n"


def contents(reply, number):
    """Gemini's contents."""
    part = {"text": reply.get("text")}
    if "tool" in reply:
        part = {"functionCall": {"id": f"call_{number}", "name": reply["tool"], "args": reply["arguments"]}}
    candidate = {"content": {"role": "model", "parts": [part]}, "finishReason": "STOP", "index": 0}
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 20, "totalTokenCount": 1020}
    yield event({"candidates": [candidate], "usageMetadata": usage, "modelVersion": "mock", "responseId": number})


PROTOCOLS = {
    "/messages": messages,
    "/responses": responses,
    "/chat/completions": completions,
    ":streamGenerateContent": contents,
}
