namespace SentryOtel.Operator.Faults.Proxy;

/// <summary>One request of the operator that changes something.</summary>
/// <param name="Name">Whom it goes to and what it changes, without what differs between two runs: <c>Sentry POST /api/0/projects/acme/{id}/keys/</c>.</param>
/// <param name="Occurrence">Which one of this name it is, from 1.</param>
internal sealed record Step(string Name, int Occurrence)
{
    /// <summary>The same change once more.</summary>
    public Step Next => this with { Occurrence = Occurrence + 1 };

    public override string ToString() => Occurrence == 1 ? Name : $"{Name} (no. {Occurrence})";
}

/// <summary>When, around a step, the operator dies.</summary>
internal enum Moment
{
    /// <summary>The request has left the operator and reaches nobody.</summary>
    Before,

    /// <summary>The request is carried out and its answer reaches nobody.</summary>
    After,
}
