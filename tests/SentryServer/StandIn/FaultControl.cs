using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>Faults over HTTP.</summary>
internal static class FaultControl
{
    public static void Map(IEndpointRouteBuilder routes, string root, FaultQueue faults)
    {
        routes.MapGet($"{root}/faults", context => ControlJson.WriteAsync(context, faults.All().Select(View)));
        routes.MapPost($"{root}/faults", context => EnqueueAsync(context, faults));
        routes.MapDelete($"{root}/faults", context =>
        {
            faults.Clear();
            return Answer(context, found: true);
        });
        routes.MapDelete($"{root}/faults/{{id}}", context => Answer(context, faults.Remove(IdOf(context))));
        routes.MapPost($"{root}/faults/{{id}}/release", context =>
        {
            var armed = faults.Find(IdOf(context));
            armed?.Release();
            return Answer(context, armed is not null);
        });
    }

    private static async Task EnqueueAsync(HttpContext context, FaultQueue faults)
    {
        if (await ControlJson.ReadAsync<Fault>(context) is not { } fault)
        {
            return;
        }

        if (fault.Problem() is { } problem)
        {
            await ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, problem);
            return;
        }

        await ControlJson.WriteAsync(context, View(faults.Enqueue(fault)), StatusCodes.Status201Created);
    }

    private static object View(ArmedFault armed) => new { armed.Id, armed.Hits, armed.Holding, armed.Fault };

    private static long IdOf(HttpContext context) =>
        long.TryParse((string?)context.GetRouteValue("id"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0;

    private static Task Answer(HttpContext context, bool found)
    {
        context.Response.StatusCode = found ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }
}
