using SentryOtel.Operator.Faults.Proxy;
using SentryOtel.Operator.Faults.World;

namespace SentryOtel.Operator.Faults.Scenarios;

/// <summary>Something that the operator does in steps.</summary>
internal abstract class Scenario
{
    /// <summary>Short, as part of a namespace's name.</summary>
    public abstract string Name { get; }

    /// <summary>What is there before; the operator runs and its steps do not count.</summary>
    public virtual Task PrepareAsync(FaultWorld world) => Task.CompletedTask;

    /// <summary>What a person does; from here on steps count.</summary>
    public abstract Task ActAsync(FaultWorld world);

    /// <summary>Whether the step comes in every run, whatever the timing.</summary>
    public virtual bool IsCertain(Step step) => step.Occurrence == 1;

    /// <summary>Whether all is as it shall be; may throw to say what is not.</summary>
    public abstract Task<bool> IsDoneAsync(FaultWorld world);

    /// <summary>Asserts what else must hold then.</summary>
    public abstract Task VerifyAsync(FaultWorld world);
}
