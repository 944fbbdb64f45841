using System.Text.Json.Serialization;

namespace SentryOtel.Cli.Tracing;

/// <summary>One step on the way of a service's data, and whether it is open.</summary>
/// <param name="Mark">Whether it is.</param>
/// <param name="Text">What was found.</param>
internal sealed record TraceStep(TraceMark Mark, string Text)
{
    /// <summary>What to do; null when nothing is wrong or nobody knows.</summary>
    public string? Cure { get; init; }

    /// <summary>Particulars.</summary>
    public IReadOnlyList<TraceStep> Steps { get; init; } = [];

    public static TraceStep Good(string text, params IReadOnlyList<TraceStep> steps) => new(TraceMark.Good, text) { Steps = steps };

    public static TraceStep Info(string text, params IReadOnlyList<TraceStep> steps) => new(TraceMark.Info, text) { Steps = steps };

    public static TraceStep Bad(string text, string? cure, params IReadOnlyList<TraceStep> steps) => new(TraceMark.Bad, text) { Cure = cure, Steps = steps };

    public static TraceStep Unsure(string text, string? cure = null, params IReadOnlyList<TraceStep> steps) => new(TraceMark.Unsure, text) { Cure = cure, Steps = steps };

    /// <summary>This step and all below it.</summary>
    public IEnumerable<TraceStep> All() => Steps.SelectMany(static step => step.All()).Prepend(this);
}

/// <summary>Whether a step is open.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TraceMark>))]
internal enum TraceMark
{
    /// <summary>It is.</summary>
    Good,

    /// <summary>It is not, or something there is wrong.</summary>
    Bad,

    /// <summary>It can not be told.</summary>
    Unsure,

    /// <summary>Neither: good to know.</summary>
    Info,
}
