using System.Text.Json.Nodes;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Entities;

namespace SentryOtel.Kubernetes.Tests.Events;

/// <summary>Takes events, or fails as told.</summary>
internal sealed class EventServer : StubKubernetesClient
{
    private readonly Lock _gate = new();
    private readonly List<V1Event> _created = [];
    private readonly List<(string Name, string? Namespace, JsonObject Patch)> _patched = [];

    /// <summary>What the next requests fail with; null for none.</summary>
    public Exception? Failure { get; set; }

    /// <summary>What the next patches fail with; null for none.</summary>
    public Exception? PatchFailure { get; set; }

    public int Requests { get; private set; }

    /// <summary>Requests wait until it is set.</summary>
    public TaskCompletionSource? Hold { get; set; }

    public IReadOnlyList<V1Event> Created
    {
        get
        {
            lock (_gate)
            {
                return [.. _created];
            }
        }
    }

    public IReadOnlyList<(string Name, string? Namespace, JsonObject Patch)> Patched
    {
        get
        {
            lock (_gate)
            {
                return [.. _patched];
            }
        }
    }

    public override async Task<T> CreateAsync<T>(T entity, CreateOptions? options, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        lock (_gate)
        {
            _created.Add((V1Event)(object)entity);
        }

        return entity;
    }

    public override async Task<T> PatchAsync<T>(
        string name, string? @namespace, JsonObject mergePatch, PatchOptions? options, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        if (PatchFailure is { } failure)
        {
            throw failure;
        }

        lock (_gate)
        {
            _patched.Add((name, @namespace, mergePatch));
            return (T)(object)_created.First(entity => entity.Metadata.Name == name);
        }
    }

    private async Task BeginAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            Requests++;
        }

        if (Hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        if (Failure is { } failure)
        {
            throw failure;
        }
    }
}
