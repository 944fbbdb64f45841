namespace SentryOtel.Demo.Sentry;

/// <summary>What one Sentry project received, identity by identity.</summary>
/// <param name="Project">The project's slug.</param>
/// <param name="SpanIds">Span ids in order of arrival; one that is there twice arrived twice.</param>
/// <param name="LogBodies">Log bodies in order of arrival.</param>
internal sealed record ProjectReceipt(string Project, IReadOnlyList<string> SpanIds, IReadOnlyList<string> LogBodies);
