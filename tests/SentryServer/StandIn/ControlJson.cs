using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>JSON of the control plane. Unknown fields are refused: a misspelt fault would test nothing.</summary>
internal static class ControlJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectRequiredConstructorParameters = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static Task WriteAsync<T>(HttpContext context, T value, int status = StatusCodes.Status200OK)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        return JsonSerializer.SerializeAsync(context.Response.Body, value, Options, context.RequestAborted);
    }

    public static Task ProblemAsync(HttpContext context, int status, string message) =>
        WriteAsync(context, new JsonObject { ["error"] = message }, status);

    /// <summary>Reads a body; writes the 400 and returns null when it can not be read.</summary>
    public static async Task<T?> ReadAsync<T>(HttpContext context)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync<T>(context.Request.Body, Options, context.RequestAborted) is { } value)
            {
                return value;
            }

            await ProblemAsync(context, StatusCodes.Status400BadRequest, "The body is null.");
        }
        catch (JsonException exception)
        {
            await ProblemAsync(context, StatusCodes.Status400BadRequest, exception.Message);
        }

        return null;
    }

    /// <summary>The value with some of its fields replaced.</summary>
    /// <exception cref="JsonException">A field is unknown or of another type.</exception>
    public static T Overlay<T>(T value, JsonObject changes)
        where T : class
    {
        var fields = JsonSerializer.SerializeToNode(value, Options)!.AsObject();
        foreach (var (name, change) in changes)
        {
            fields[name] = change?.DeepClone();
        }

        return fields.Deserialize<T>(Options)!;
    }
}
