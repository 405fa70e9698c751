"""DynamoDB's own protocol: JSON over HTTPS, signed. Nothing above here knows of it."""
