using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SentryOtel.SentryServer.State;

namespace SentryOtel.SentryServer.StandIn;

/// <summary>Setting the server up: modes, limits, clock, tokens, the cache of ingest.</summary>
internal static class Steering
{
    public static void Map(IEndpointRouteBuilder routes, string root, SentryState state)
    {
        routes.MapGet($"{root}/modes", context => ControlJson.WriteAsync(context, state.Modes));
        routes.MapPatch($"{root}/modes", context => ChangeModesAsync(context, state));
        routes.MapGet($"{root}/limits", context => ControlJson.WriteAsync(context, state.Limits.Active()));
        routes.MapPost($"{root}/limits", context => AddLimitAsync(context, state));
        routes.MapDelete($"{root}/limits", context => Done(context, state.Limits.Clear));
        routes.MapDelete($"{root}/relay-cache", context => Done(context, state.Relay.Clear));
        routes.MapGet($"{root}/clock", context => WriteClockAsync(context, state));
        routes.MapPost($"{root}/clock", context => AdvanceAsync(context, state));
        routes.MapPost($"{root}/tokens", context => GrantAsync(context, state));
        routes.MapDelete($"{root}/tokens", context => RevokeAsync(context, state));
    }

    private static async Task ChangeModesAsync(HttpContext context, SentryState state)
    {
        if (await ControlJson.ReadAsync<JsonObject>(context) is not { } changes)
        {
            return;
        }

        try
        {
            state.Modes = ControlJson.Overlay(state.Modes, changes);
        }
        catch (JsonException exception)
        {
            await ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, exception.Message);
            return;
        }

        await ControlJson.WriteAsync(context, state.Modes);
    }

    private static async Task AddLimitAsync(HttpContext context, SentryState state)
    {
        if (await ControlJson.ReadAsync<LimitRequest>(context) is not { } request)
        {
            return;
        }

        var project = request.Project is null ? null : state.Projects.Find(request.Project);
        var problem = request switch
        {
            { Seconds: <= 0 or > 86_400 } => "seconds: above 0, at most 86400",
            { Scope: LimitScope.Project } when project is null => "project: slug or id of an active project",
            { Scope: LimitScope.Key } when request.Key is null || state.Keys.Find(request.Key) is null => "key: a public key that exists",
            _ => null,
        };
        if (problem is not null)
        {
            await ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, problem);
            return;
        }

        var limit = new ActiveLimit
        {
            Scope = request.Scope,
            ProjectId = project?.Id,
            PublicKey = request.Key,
            Categories = [.. request.Categories ?? []],
            Until = state.Now.AddSeconds(request.Seconds),
            Reason = request.Reason,
        };
        state.Limits.Add(limit);
        await ControlJson.WriteAsync(context, limit, StatusCodes.Status201Created);
    }

    private static async Task AdvanceAsync(HttpContext context, SentryState state)
    {
        if (state.Time is not JumpClock clock)
        {
            await ControlJson.ProblemAsync(context, StatusCodes.Status409Conflict, "The clock can not be set: start with --virtual-clock.");
        }
        else if (await ControlJson.ReadAsync<ClockRequest>(context) is { } request)
        {
            if (request.AdvanceSeconds is < 0 or > 31_536_000)
            {
                await ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, "advanceSeconds: 0 to 31536000");
                return;
            }

            clock.Advance(TimeSpan.FromSeconds(request.AdvanceSeconds));
            await WriteClockAsync(context, state);
        }
    }

    private static Task WriteClockAsync(HttpContext context, SentryState state) =>
        ControlJson.WriteAsync(context, new { now = state.Now, settable = state.Time is JumpClock, aheadSeconds = (state.Time as JumpClock)?.Ahead.TotalSeconds ?? 0 });

    private static async Task GrantAsync(HttpContext context, SentryState state)
    {
        if (await ControlJson.ReadAsync<TokenRequest>(context) is not { } request)
        {
            return;
        }

        try
        {
            state.Tokens.Grant(new AccessToken(request.Token, request.Scopes ?? []));
        }
        catch (ArgumentException exception)
        {
            await ControlJson.ProblemAsync(context, StatusCodes.Status400BadRequest, exception.Message);
            return;
        }

        context.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static async Task RevokeAsync(HttpContext context, SentryState state)
    {
        if (await ControlJson.ReadAsync<TokenRequest>(context) is { } request)
        {
            context.Response.StatusCode = state.Tokens.Revoke(request.Token) ? StatusCodes.Status204NoContent : StatusCodes.Status404NotFound;
        }
    }

    private static Task Done(HttpContext context, Action change)
    {
        change();
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }
}
