namespace SentryOtel.Kubernetes.Health;

/// <summary>An HTTP answer: 200 or 500, and its text.</summary>
internal readonly record struct HealthAnswer(bool Succeeded, string Text);
