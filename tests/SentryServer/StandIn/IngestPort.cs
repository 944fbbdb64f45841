using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>Body of <c>POST /_stand-in/ingest-port</c>.</summary>
/// <param name="Open">False: connections are refused, those that are open are cut. The port number stays.</param>
internal sealed record IngestPortRequest([property: JsonRequired] bool Open);

/// <summary>Ingest down and up again, while the management port, where this is asked for, stays.</summary>
internal static class IngestPort
{
    public static void Map(IEndpointRouteBuilder routes, string root, Func<bool, CancellationToken, Task> listen)
    {
        // Two requests at once must not start or stop the same port together.
        var turn = new SemaphoreSlim(1, 1);
        routes.MapPost($"{root}/ingest-port", async context =>
        {
            if (await ControlJson.ReadAsync<IngestPortRequest>(context) is not { } request)
            {
                return;
            }

            await turn.WaitAsync(context.RequestAborted);
            try
            {
                await listen(request.Open, CancellationToken.None);
            }
            finally
            {
                turn.Release();
            }

            context.Response.StatusCode = StatusCodes.Status204NoContent;
        });
    }
}
