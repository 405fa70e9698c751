"""How Doorstep gets into an AWS account: template, zip, deployment. Never deployed itself."""
