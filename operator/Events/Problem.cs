namespace SentryOtel.Operator.Events;

/// <summary>Something that stands in the way until somebody acts.</summary>
/// <param name="Subject">What it is about, to tell the problems of one object apart.</param>
/// <param name="Reason">Why, for programs: CamelCase.</param>
/// <param name="Note">For people: what is wrong, and the cure.</param>
internal sealed record Problem(string Subject, string Reason, string Note);
