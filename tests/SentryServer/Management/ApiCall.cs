using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.Hosting;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.Management;

/// <summary>An authenticated call on its way to a handler.</summary>
internal sealed class ApiCall(HttpContext context, SentryState state, PublicAddresses addresses, AccessToken token)
{
    public SentryState State => state;

    public PublicAddresses Addresses => addresses;

    public AccessToken Token => token;

    public ManagementJson Json { get; } = new(state, addresses);

    /// <summary>The path as it was called, with the prefix.</summary>
    public string FullPath => context.Request.Path.Value ?? "";

    public IQueryCollection QueryFields => context.Request.Query;

    public string Route(string name) => (string?)context.GetRouteValue(name) ?? "";

    public string? Query(string name) => context.Request.Query[name] is { Count: > 0 } values ? values[^1] : null;

    /// <summary>The project that the path names.</summary>
    public Project? Project() => state.Projects.Read(Route("project"));

    /// <summary>The key that the path names, when it belongs to that project.</summary>
    public ProjectKey? Key(Project project) => state.Keys.Find(Route("key")) is { } key && key.ProjectId == project.Id ? key : null;

    /// <summary>The body's fields, or the 400 that says why they can not be read.</summary>
    public async Task<(BodyFields? Fields, ApiAnswer? Problem)> ReadBodyAsync()
    {
        try
        {
            var node = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            return node is JsonObject body
                ? (new BodyFields(body), null)
                : (null, ApiAnswer.Field("non_field_errors", "Invalid data. Expected a dictionary."));
        }
        catch (JsonException)
        {
            return (null, ApiAnswer.Detail(400, "JSON parse error"));
        }
    }
}
