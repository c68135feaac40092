using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Chain.Node.Explorer.Api;

/// <summary>What a REST path answers: a status, a kind of content, and bytes.</summary>
internal sealed record Answer(int Status, string ContentType, ReadOnlyMemory<byte> Body)
{
    /// <summary>Whether the answer will always be the same, so that it may be kept.</summary>
    public bool IsFinal { get; init; }

    /// <summary>JSON.</summary>
    public static Answer Json(JsonNode json) => new(StatusCodes.Status200OK, "application/json", Encoding.UTF8.GetBytes(json.ToJsonString()));

    /// <summary>A text.</summary>
    public static Answer Text(string text) => new(StatusCodes.Status200OK, "text/plain", Encoding.UTF8.GetBytes(text));

    /// <summary>Bytes.</summary>
    public static Answer Bytes(ReadOnlyMemory<byte> bytes) => new(StatusCodes.Status200OK, "application/octet-stream", bytes);

    /// <summary>There is no such thing.</summary>
    public static Answer NotFound(string text) => Text(text) with { Status = StatusCodes.Status404NotFound };

    /// <summary>The request makes no sense.</summary>
    public static Answer Bad(string text) => Text(text) with { Status = StatusCodes.Status400BadRequest };

    /// <summary>The same for good.</summary>
    public Answer Final() => this with { IsFinal = true };
}
