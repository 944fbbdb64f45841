using SentryOtel.Operator.Hosting;

return await new OperatorCommand(OperatorProgram.RunAsync).InvokeAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
