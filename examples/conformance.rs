//! The tools, prompts and resources that the official conformance suite asks for, behind the transport of `baton serve`.
//!
//! `.ci/clients` runs the suite against it. They are tables: what is answered is written down, not worked out.
#![allow(deprecated, reason = "older revisions of the protocol have what newer ones dropped")]

use std::net::SocketAddr;

use baton::error::Result;
use baton::http::{Serving, listen};
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ClientCapabilities, CompleteRequestParams,
    CompleteResult, ElicitRequest, ElicitRequestParams, GetPromptRequestParams, GetPromptResponse,
    GetPromptResult, InputRequiredResult, InputResponses, JsonObject, ListPromptsResult,
    ListResourceTemplatesResult, ListResourcesResult, ListToolsResult, LoggingLevel,
    LoggingMessageNotificationParam, PaginatedRequestParams, ProgressNotificationParam, ProtocolVersion,
    ReadResourceRequestParams, ReadResourceResponse, ReadResourceResult, ServerCapabilities, ServerConfig,
    ServerRequest, SetLevelRequestParams, SubscribeRequestParams, Tool, UnsubscribeRequestParams,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

type Context = RequestContext<RoleServer>;
type Answer<T> = std::result::Result<T, ErrorData>;

/// A picture of one pixel.
const PIXEL: &str =
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
/// A sound without samples.
const SILENCE: &str = "UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=";

fn main() -> Result<()> {
    let address: SocketAddr =
        std::env::args().nth(2).and_then(|address| address.parse().ok()).expect("--listen ADDRESS");
    let listening = listen(Serving { address, token: None, hosts: Vec::new(), origins: Vec::new() })?;
    eprintln!("serving the conformance suite at {};", listening.url());
    listening.answer(Fixture)
}

#[derive(Clone)]
struct Fixture;

/// Reads a type of the protocol from how it looks on the wire.
fn wire<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).expect("the tables hold what the protocol knows")
}

/// A result that is all there is; older revisions are not told.
fn complete<T: DeserializeOwned>(mut value: Value) -> T {
    value["resultType"] = json!("complete");
    wire(value)
}

fn text(text: &str) -> Value {
    json!({"content": [{"type": "text", "text": text}]})
}

/// The tools that answer the same every time.
fn fixed(tool: &str) -> Option<Value> {
    let resource = json!({"type": "resource", "resource": {"uri": "test://embedded-resource", "mimeType": "text/plain", "text": "An embedded resource."}});
    let image = json!({"type": "image", "data": PIXEL, "mimeType": "image/png"});
    Some(match tool {
        "test_simple_text" => text("This is a simple text response for testing."),
        "test_image_content" => json!({"content": [image]}),
        "test_audio_content" => {
            json!({"content": [{"type": "audio", "data": SILENCE, "mimeType": "audio/wav"}]})
        }
        "test_embedded_resource" => json!({"content": [resource]}),
        "test_multiple_content_types" => {
            json!({"content": [{"type": "text", "text": "Three kinds:"}, image, resource]})
        }
        "test_error_handling" => {
            json!({"content": [{"type": "text", "text": "This tool intentionally returns an error for testing"}], "isError": true})
        }
        "json_schema_2020_12_tool" => text("It is only listed."),
        _ => return None,
    })
}

/// The tools that do something while they run.
const BUSY: &[&str] = &[
    "test_elicitation",
    "test_elicitation_sep1034_defaults",
    "test_elicitation_sep1330_enums",
    "test_logging_tool",
    "test_missing_capability",
    "test_sampling",
    "test_tool_with_logging",
    "test_tool_with_progress",
];

/// The tools that answer the same every time, by name.
const FIXED: &[&str] = &[
    "json_schema_2020_12_tool",
    "test_audio_content",
    "test_embedded_resource",
    "test_error_handling",
    "test_image_content",
    "test_multiple_content_types",
    "test_simple_text",
];

/// The tools that ask back: the requests of each round.
fn rounds(tool: &str) -> Option<Vec<Value>> {
    let ask = |message: &str, field: &str, kind: &str| {
        let schema = json!({"type": "object", "properties": {field: {"type": kind}}, "required": [field]});
        json!({"method": "elicitation/create", "params": {"mode": "form", "message": message, "requestedSchema": schema}})
    };
    let sample = |question: &str| {
        let message = json!({"role": "user", "content": {"type": "text", "text": question}});
        json!({"method": "sampling/createMessage", "params": {"messages": [message], "maxTokens": 100}})
    };
    let roots = || json!({"method": "roots/list", "params": {}});
    let name = || ask("What is your name?", "name", "string");
    Some(match tool {
        "test_input_required_result_elicitation" => vec![json!({"user_name": name()})],
        "test_input_required_result_sampling" => {
            vec![json!({"capital_question": sample("What is the capital of France?")})]
        }
        "test_input_required_result_list_roots" => vec![json!({"client_roots": roots()})],
        "test_input_required_result_request_state"
        | "test_input_required_result_tampered_state"
        | "test_streaming_elicitation" => {
            vec![json!({"confirm": ask("Please confirm", "ok", "boolean")})]
        }
        "test_input_required_result_multiple_inputs" => {
            vec![
                json!({"user_name": name(), "greeting": sample("Generate a greeting"), "client_roots": roots()}),
            ]
        }
        "test_input_required_result_multi_round" => vec![
            json!({"step1": ask("Step 1: What is your name?", "name", "string")}),
            json!({"step2": ask("Step 2: What is your favorite color?", "color", "string")}),
        ],
        "test_input_required_result_capabilities" => {
            vec![json!({"asked": name(), "sampled": sample("Generate a greeting")})]
        }
        "test_input_required_result_prompt" => {
            vec![json!({"user_context": ask("What context should the prompt use?", "context", "string")})]
        }
        _ => return None,
    })
}

const ASKING: &[&str] = &[
    "test_input_required_result_capabilities",
    "test_input_required_result_elicitation",
    "test_input_required_result_list_roots",
    "test_input_required_result_multi_round",
    "test_input_required_result_multiple_inputs",
    "test_input_required_result_request_state",
    "test_input_required_result_sampling",
    "test_input_required_result_tampered_state",
    "test_streaming_elicitation",
];

/// The next question of something that asks back; none when all is answered.
fn next_question(
    name: &str,
    state: Option<&str>,
    responses: Option<&InputResponses>,
    declared: Option<&ClientCapabilities>,
) -> Answer<Option<InputRequiredResult>> {
    let rounds = rounds(name).expect("it asks back");
    let mut round = state.map_or(Ok(0), |state| unsealed(name, state))?;
    let answered =
        |key: &String| responses.and_then(|responses| responses.get(key)).is_some_and(Value::is_object);
    if rounds[round].as_object().is_some_and(|asked| asked.keys().all(answered)) {
        round += 1;
    }
    let Some(asked) = rounds.get(round) else { return Ok(None) };
    let mut asked = asked.as_object().expect("questions have names").clone();
    if name.ends_with("capabilities") && declared.is_none_or(|declared| declared.elicitation.is_none()) {
        asked.retain(|_, question| question["method"] != "elicitation/create");
    }
    Ok(Some(InputRequiredResult::new(Some(wire(Value::Object(asked))), Some(sealed(name, round)))))
}

/// The round with a seal that nobody else can make.
fn sealed(name: &str, round: usize) -> String {
    let key = blake3::hash(b"a key of this process would be drawn at its start");
    format!("{round}.{}", blake3::keyed_hash(key.as_bytes(), format!("{name} {round}").as_bytes()).to_hex())
}

fn unsealed(name: &str, state: &str) -> Answer<usize> {
    let round = state.split('.').next().and_then(|round| round.parse().ok()).unwrap_or(0);
    let is_ours = state == sealed(name, round);
    if is_ours { Ok(round) } else { Err(ErrorData::invalid_params("the request state is not ours", None)) }
}

/// The schemas that a client of an older revision is asked to fill in.
fn form(tool: &str) -> Value {
    let properties = match tool {
        "test_elicitation_sep1034_defaults" => json!({
            "name": {"type": "string", "default": "John Doe"},
            "age": {"type": "integer", "default": 30},
            "score": {"type": "number", "default": 95.5},
            "status": {"type": "string", "enum": ["active", "inactive", "pending"], "default": "active"},
            "verified": {"type": "boolean", "default": true},
        }),
        "test_elicitation_sep1330_enums" => {
            let titled = json!([{"const": "value1", "title": "First"}, {"const": "value2", "title": "Second"}, {"const": "value3", "title": "Third"}]);
            let plain = json!(["option1", "option2", "option3"]);
            json!({
                "untitledSingle": {"type": "string", "enum": plain},
                "titledSingle": {"type": "string", "oneOf": titled},
                "legacyEnum": {"type": "string", "enum": ["opt1", "opt2", "opt3"], "enumNames": ["One", "Two", "Three"]},
                "untitledMulti": {"type": "array", "items": {"type": "string", "enum": plain}},
                "titledMulti": {"type": "array", "items": {"anyOf": titled}},
            })
        }
        _ => json!({"username": {"type": "string"}, "email": {"type": "string"}}),
    };
    json!({"type": "object", "properties": properties})
}

async fn busy(tool: &str, context: &Context) -> Answer<Value> {
    let failed = |error: rmcp::ServiceError| ErrorData::internal_error(error.to_string(), None);
    match tool {
        "test_tool_with_progress" => {
            if let Some(token) = context.meta.get_progress_token() {
                for progress in [0.0, 50.0, 100.0] {
                    let told = ProgressNotificationParam::new(token.clone(), progress).with_total(100.0);
                    context.peer.notify_progress(told).await.map_err(failed)?;
                }
            }
        }
        "test_tool_with_logging" => {
            for message in ["started", "goes on", "done"] {
                let told = LoggingMessageNotificationParam::new(LoggingLevel::Info, json!(message));
                context.peer.notify_logging_message(told).await.map_err(failed)?;
            }
        }
        "test_missing_capability" => {
            let declared = context.client_capabilities().unwrap_or_default();
            if declared.sampling.is_none() {
                return Err(ErrorData::missing_required_client_capability(
                    ClientCapabilities::builder().enable_sampling().build(),
                ));
            }
        }
        "test_sampling" => {
            let asked = wire(
                json!({"messages": [{"role": "user", "content": {"type": "text", "text": "Hello"}}], "maxTokens": 100}),
            );
            context.peer.create_message(asked).await.map_err(failed)?;
        }
        "test_elicitation" | "test_elicitation_sep1034_defaults" | "test_elicitation_sep1330_enums" => {
            let asked: ElicitRequestParams =
                wire(json!({"mode": "form", "message": "Please fill in", "requestedSchema": form(tool)}));
            context
                .peer
                .send_request(ServerRequest::ElicitRequest(ElicitRequest::new(asked)))
                .await
                .map_err(failed)?;
        }
        _ => {}
    }
    Ok(text("Completed"))
}

fn listed(name: &'static str) -> Tool {
    let schema = match name {
        "json_schema_2020_12_tool" => json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "type": "object",
            "$defs": {"address": {"type": "object", "properties": {"street": {"type": "string"}, "city": {"type": "string"}}}},
            "properties": {"name": {"type": "string"}, "address": {"$ref": "#/$defs/address"}},
            "additionalProperties": false,
        }),
        _ => json!({"type": "object", "properties": {}}),
    };
    Tool::new(name, "For the conformance suite", wire::<JsonObject>(schema))
}

fn prompt(name: &str, arguments: Option<&JsonObject>) -> Option<Value> {
    let said = |content: Value| json!({"messages": [{"role": "user", "content": content}]});
    let argument =
        |name: &str| arguments.and_then(|given| given.get(name)?.as_str()).unwrap_or_default().to_owned();
    Some(said(match name {
        "test_simple_prompt" => json!({"type": "text", "text": "This is a simple prompt for testing."}),
        "test_prompt_with_arguments" => {
            json!({"type": "text", "text": format!("Prompt with arguments: arg1='{}', arg2='{}'", argument("arg1"), argument("arg2"))})
        }
        "test_prompt_with_embedded_resource" => {
            json!({"type": "resource", "resource": {"uri": argument("resourceUri"), "mimeType": "text/plain", "text": "Embedded for a test."}})
        }
        "test_prompt_with_image" => json!({"type": "image", "data": PIXEL, "mimeType": "image/png"}),
        "test_input_required_result_prompt" => json!({"type": "text", "text": "A prompt in context."}),
        _ => return None,
    }))
}

fn resource(uri: &str) -> Option<Value> {
    let content = match uri {
        "test://static-text" => {
            json!({"uri": uri, "mimeType": "text/plain", "text": "This is the content of the static text resource."})
        }
        "test://static-binary" => json!({"uri": uri, "mimeType": "image/png", "blob": PIXEL}),
        "test://watched-resource" => json!({"uri": uri, "mimeType": "text/plain", "text": "Watched."}),
        _ => {
            let id = uri.strip_prefix("test://template/")?.strip_suffix("/data")?;
            let data = json!({"id": id, "templateTest": true, "data": format!("Data for ID: {id}")});
            json!({"uri": uri, "mimeType": "application/json", "text": data.to_string()})
        }
    };
    Some(json!({"contents": [content]}))
}

impl ServerHandler for Fixture {
    fn get_info(&self) -> ServerConfig {
        let capabilities = ServerCapabilities::builder();
        ServerConfig::new(
            capabilities
                .enable_tools()
                .enable_prompts()
                .enable_resources()
                .enable_completions()
                .enable_logging()
                .build(),
        )
    }

    async fn list_tools(&self, _: Option<PaginatedRequestParams>, _: Context) -> Answer<ListToolsResult> {
        let names = FIXED.iter().chain(BUSY).chain(ASKING);
        Ok(ListToolsResult::with_all_items(names.map(|name| listed(name)).collect()))
    }

    async fn call_tool(&self, request: CallToolRequestParams, context: Context) -> Answer<CallToolResponse> {
        let name = request.name.as_ref();
        if rounds(name).is_some() {
            let declared = context.client_capabilities();
            let question = next_question(
                name,
                request.request_state.as_deref(),
                request.input_responses.as_ref(),
                declared.as_ref(),
            )?;
            return Ok(match question {
                Some(question) => CallToolResponse::InputRequired(question),
                None => {
                    complete::<CallToolResult>(text(&format!("state-ok {}", json!(request.input_responses))))
                        .into()
                }
            });
        }
        let answer = match fixed(name) {
            Some(answer) => answer,
            None if BUSY.contains(&name) => busy(name, &context).await?,
            None => return Err(ErrorData::invalid_params(format!("there is no tool '{name}'"), None)),
        };
        Ok(complete::<CallToolResult>(answer).into())
    }

    async fn list_prompts(&self, _: Option<PaginatedRequestParams>, _: Context) -> Answer<ListPromptsResult> {
        let argument = |name: &str| json!({"name": name, "description": "For a test", "required": true});
        let prompts = json!([
            {"name": "test_simple_prompt"},
            {"name": "test_prompt_with_arguments", "arguments": [argument("arg1"), argument("arg2")]},
            {"name": "test_prompt_with_embedded_resource", "arguments": [argument("resourceUri")]},
            {"name": "test_prompt_with_image"},
            {"name": "test_input_required_result_prompt"},
        ]);
        let mut listed: Vec<rmcp::model::Prompt> = wire(prompts);
        for prompt in &mut listed {
            prompt.description = Some("For the conformance suite".to_owned());
        }
        Ok(ListPromptsResult::with_all_items(listed))
    }

    async fn get_prompt(
        &self,
        request: GetPromptRequestParams,
        context: Context,
    ) -> Answer<GetPromptResponse> {
        if rounds(&request.name).is_some() {
            let declared = context.client_capabilities();
            let (state, responses) = (request.request_state.as_deref(), request.input_responses.as_ref());
            if let Some(question) = next_question(&request.name, state, responses, declared.as_ref())? {
                return Ok(GetPromptResponse::InputRequired(question));
            }
        }
        let found = prompt(&request.name, request.arguments.as_ref());
        let found = found.ok_or_else(|| ErrorData::invalid_params("there is no such prompt", None))?;
        Ok(complete::<GetPromptResult>(found).into())
    }

    async fn list_resources(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Answer<ListResourcesResult> {
        let named =
            |name: &str, kind: &str| json!({"uri": format!("test://{name}"), "name": name, "mimeType": kind});
        let all = [
            named("static-text", "text/plain"),
            named("static-binary", "image/png"),
            named("watched-resource", "text/plain"),
        ];
        Ok(ListResourcesResult::with_all_items(wire(json!(all))))
    }

    async fn list_resource_templates(
        &self,
        _: Option<PaginatedRequestParams>,
        _: Context,
    ) -> Answer<ListResourceTemplatesResult> {
        let template = json!([{"uriTemplate": "test://template/{id}/data", "name": "template", "mimeType": "application/json"}]);
        Ok(ListResourceTemplatesResult::with_all_items(wire(template)))
    }

    async fn read_resource(
        &self,
        request: ReadResourceRequestParams,
        _: Context,
    ) -> Answer<ReadResourceResponse> {
        let gone =
            || ErrorData::resource_not_found("there is no such resource", Some(json!({"uri": request.uri})));
        Ok(complete::<ReadResourceResult>(resource(&request.uri).ok_or_else(gone)?).into())
    }

    async fn complete(&self, _: CompleteRequestParams, _: Context) -> Answer<CompleteResult> {
        Ok(CompleteResult::default())
    }

    async fn set_level(&self, _: SetLevelRequestParams, _: Context) -> Answer<()> {
        Ok(())
    }

    async fn subscribe(&self, _: SubscribeRequestParams, _: Context) -> Answer<()> {
        Ok(())
    }

    async fn unsubscribe(&self, _: UnsubscribeRequestParams, _: Context) -> Answer<()> {
        Ok(())
    }

    fn supported_protocol_versions(&self) -> std::borrow::Cow<'static, [ProtocolVersion]> {
        std::borrow::Cow::Borrowed(ProtocolVersion::KNOWN_VERSIONS)
    }
}
